// Command kubecheck checks Kubernetes manifests as an API server does: unknown fields, types, values and references
// within one object. It reads YAML documents from standard input and prints them as one JSON list. It ends with code 1
// if there was a mistake, with a line for each on standard error.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	apps_validation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	autoscaling_validation "k8s.io/kubernetes/pkg/apis/autoscaling/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	core_validation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	networking_validation "k8s.io/kubernetes/pkg/apis/networking/validation"
	"k8s.io/kubernetes/pkg/apis/policy"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	policy_validation "k8s.io/kubernetes/pkg/apis/policy/validation"
)

func main() {
	if err := monitoring.AddToScheme(legacyscheme.Scheme); err != nil {
		panic(err)
	}
	objects, isGood := []map[string]any{}, true
	documents := yaml.NewYAMLReader(bufio.NewReader(os.Stdin))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			panic(err)
		}
		content, mistakes := check(document)
		if len(content) > 0 {
			objects = append(objects, content)
		}
		for _, mistake := range mistakes {
			isGood = false
			fmt.Fprintln(os.Stderr, mistake)
		}
	}
	text, err := json.Marshal(objects)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
	if !isGood {
		os.Exit(1)
	}
}

// check returns what one document says, and the mistakes in it.
func check(document []byte) (content map[string]any, mistakes []string) {
	if err := yaml.Unmarshal(document, &content); err != nil {
		return nil, []string{err.Error()}
	}
	if len(content) == 0 {
		return nil, nil // nothing but comments
	}
	codecs := serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict)
	object, kind, err := codecs.UniversalDeserializer().Decode(document, nil, nil)
	name := "?"
	if err == nil {
		if accessor, err := meta.Accessor(object); err == nil {
			name = accessor.GetName()
			if accessor.GetNamespace() == "" {
				accessor.SetNamespace("default")
			}
		}
	}
	at := fmt.Sprintf("%v/%s", content["kind"], name)
	if err != nil {
		return content, []string{fmt.Sprintf("%s: %v", at, err)}
	}
	if kind.Group == monitoring.SchemeGroupVersion.Group {
		return content, nil // the operator's own types have no more rules than the strict reading has checked
	}
	legacyscheme.Scheme.Default(object)
	internal, err := legacyscheme.Scheme.ConvertToVersion(
		object, schema.GroupVersion{Group: kind.Group, Version: runtime.APIVersionInternal})
	if err != nil {
		return content, []string{fmt.Sprintf("%s: %v", at, err)}
	}
	for _, mistake := range validate(internal) {
		mistakes = append(mistakes, fmt.Sprintf("%s: %v", at, mistake))
	}
	return content, mistakes
}

func validate(object runtime.Object) field.ErrorList {
	switch object := object.(type) {
	case *apps.Deployment:
		return apps_validation.ValidateDeployment(object, core_validation.PodValidationOptions{})
	case *autoscaling.HorizontalPodAutoscaler:
		return autoscaling_validation.ValidateHorizontalPodAutoscaler(
			object, autoscaling_validation.HorizontalPodAutoscalerSpecValidationOptions{MinReplicasLowerBound: 1})
	case *core.ConfigMap:
		return core_validation.ValidateConfigMap(object)
	case *core.PersistentVolumeClaim:
		return core_validation.ValidatePersistentVolumeClaim(
			object, core_validation.PersistentVolumeClaimSpecValidationOptions{})
	case *core.Secret:
		return core_validation.ValidateSecret(object)
	case *core.Service:
		return core_validation.ValidateServiceCreate(object)
	case *core.ServiceAccount:
		return core_validation.ValidateServiceAccount(object)
	case *networking.Ingress:
		return networking_validation.ValidateIngressCreate(object)
	case *networking.NetworkPolicy:
		return networking_validation.ValidateNetworkPolicy(
			object, networking_validation.NetworkPolicyValidationOptions{})
	case *policy.PodDisruptionBudget:
		return policy_validation.ValidatePodDisruptionBudget(
			object, policy_validation.PodDisruptionBudgetValidationOptions{})
	}
	return field.ErrorList{field.Forbidden(field.NewPath("kind"), "kubecheck knows no rules for it; add them")}
}
