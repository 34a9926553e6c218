{{- define "analytics.name" -}}
{{- $name := contains .Chart.Name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) -}}
{{ $name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "analytics.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* The pods of one kind: standalone, follower or web. Takes (list $ "web"). */}}
{{- define "analytics.selector" -}}
{{- $ := index . 0 -}}
app.kubernetes.io/name: {{ $.Chart.Name }}
app.kubernetes.io/instance: {{ $.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Which pods answer requests. */}}
{{- define "analytics.serving" -}}
{{ .Values.clickhouse.enabled | ternary "web" "standalone" }}
{{- end }}

{{- define "analytics.secret" -}}
{{ .Values.secret.existing | default (include "analytics.name" .) }}
{{- end }}

{{- define "analytics.keys" -}}
{{ .Values.keys.existing | default (printf "%s-keys" (include "analytics.name" .)) }}
{{- end }}

{{- define "analytics.files" -}}
{{ .Values.files.existing | default (printf "%s-files" (include "analytics.name" .)) }}
{{- end }}

{{- define "analytics.claim" -}}
{{ .Values.persistence.existingClaim | default (printf "%s-data" (include "analytics.name" .)) }}
{{- end }}

{{- define "analytics.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}
