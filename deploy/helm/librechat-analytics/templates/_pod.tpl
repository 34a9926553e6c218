{{/*
The template of a pod. Takes (list $ KIND), where KIND is standalone, follower or web:
  standalone  reads LibreChat's database, keeps the store on its volume, and serves
  follower    reads LibreChat's database, keeps its working copy on its volume, and writes to ClickHouse
  web         serves from ClickHouse and keeps nothing
*/}}
{{- define "analytics.pod" -}}
{{- $ := index . 0 -}}
{{- $kind := index . 1 -}}
{{- $serves := ne $kind "follower" -}}
{{- $syncs := ne $kind "web" -}}
{{- $own := get $.Values $kind -}}
{{- $hasKeys := and $serves (or $.Values.keys.existing $.Values.keys.lines) -}}
{{- $texts := $.Values.files.texts -}}
{{- $hasFiles := or $.Values.files.existing $texts -}}
{{- $hasDefinitions := or (hasKey $texts "finops.toml") (and $.Values.files.existing $.Values.files.hasDefinitions) -}}
{{- $hasPrices := or (hasKey $texts "prices.csv") (and $.Values.files.existing $.Values.files.hasPrices) -}}
{{- $hasCertificate := and $.Values.clickhouse.enabled $.Values.clickhouse.certificate.secret -}}
metadata:
  labels:
    {{- include "analytics.selector" (list $ $kind) | nindent 4 }}
    {{- with $.Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- if or $.Values.podAnnotations (not $.Values.secret.existing) }}
  annotations:
    {{- if not $.Values.secret.existing }}
    # The program reads these secrets when it starts, so a change starts it again.
    checksum/secret: {{ include (print $.Template.BasePath "/secret.yaml") $ | sha256sum }}
    {{- end }}
    {{- with $.Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
spec:
  serviceAccountName: {{ include "analytics.name" $ }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with $.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $.Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $.Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $.Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $.Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if eq $kind "web" }}
  topologySpreadConstraints:
    {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "analytics.selector" (list $ $kind) | nindent 10 }}
    {{- end }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  terminationGracePeriodSeconds: 45
  containers:
    - name: {{ $kind }}
      image: {{ include "analytics.image" $ }}
      imagePullPolicy: {{ $.Values.image.pullPolicy }}
      args: {{ $serves | ternary (list "serve") (list "sync" "--follow") | toJson }}
      env:
        {{- if $serves }}
        - name: DASHBOARD_API_KEY
          valueFrom:
            secretKeyRef: {name: {{ include "analytics.secret" $ }}, key: DASHBOARD_API_KEY}
        {{- end }}
        {{- if and $syncs (or $.Values.secret.existing $.Values.secret.mongoUri) }}
        - name: MONGO_URI
          valueFrom:
            # Without a MongoDB what was imported is served.
            secretKeyRef: {name: {{ include "analytics.secret" $ }}, key: MONGO_URI, optional: true}
        {{- end }}
        {{- if $.Values.clickhouse.enabled }}
        - name: STORE_URL
          valueFrom:
            secretKeyRef: {name: {{ include "analytics.secret" $ }}, key: {{ $serves | ternary "STORE_URL_OF_READERS" "STORE_URL" }}}
        {{- end }}
        {{- if $hasCertificate }}
        - {name: STORE_CA_FILE, value: /certificate/ca.crt}
        {{- end }}
        {{- if $hasKeys }}
        - {name: DASHBOARD_API_KEYS_FILE, value: /keys/keys}
        {{- end }}
        {{- if $hasDefinitions }}
        - {name: FINOPS_FILE, value: /files/finops.toml}
        {{- end }}
        {{- if $hasPrices }}
        - {name: PRICES_FILE, value: /files/prices.csv}
        {{- end }}
        {{- if eq $kind "web" }}
        # The image would use its volume, which web processes do not have.
        - {name: TMPDIR, value: /tmp}
        - {name: DATA_DIR, value: /tmp/data}
        {{- end }}
        {{- range $name, $value := $.Values.settings }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
      {{- with $.Values.receiverSecrets }}
      envFrom:
        {{- range . }}
        - secretRef:
            name: {{ . }}
        {{- end }}
      {{- end }}
      {{- if $serves }}
      ports:
        - {name: http, containerPort: 3001}
      # Alive means that the process answers; it does not ask ClickHouse or MongoDB.
      startupProbe:
        httpGet: {path: /health, port: http}
        periodSeconds: 5
        failureThreshold: 120
      livenessProbe:
        httpGet: {path: /health, port: http}
        periodSeconds: 15
        timeoutSeconds: 5
        failureThreshold: 4
      # Ready means that there are figures to show.
      readinessProbe:
        httpGet: {path: /health/ready, port: http}
        periodSeconds: 5
        timeoutSeconds: 5
      lifecycle:
        preStop:
          exec:
            # The ingress needs a moment to notice that this pod is leaving.
            command: [sleep, "5"]
      {{- else }}
      # Only readiness: a restart would not bring back a ClickHouse or MongoDB that is away.
      readinessProbe:
        exec:
          command: [librechat-analytics, check, --follower]
        initialDelaySeconds: 20
        periodSeconds: 60
        timeoutSeconds: 30
      {{- end }}
      resources:
        {{- toYaml $own.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      volumeMounts:
        - {name: temporary, mountPath: /tmp}
        {{- if $syncs }}
        - {name: data, mountPath: /data}
        {{- end }}
        {{- if $hasKeys }}
        - {name: keys, mountPath: /keys, readOnly: true}
        {{- end }}
        {{- if $hasFiles }}
        - {name: files, mountPath: /files, readOnly: true}
        {{- end }}
        {{- if $hasCertificate }}
        - {name: certificate, mountPath: /certificate, readOnly: true}
        {{- end }}
  volumes:
    - name: temporary
      emptyDir: {}
    {{- if $syncs }}
    - name: data
      {{- if and (eq $kind "follower") (not $own.persistent) }}
      emptyDir: {}
      {{- else }}
      persistentVolumeClaim:
        claimName: {{ include "analytics.claim" $ }}
      {{- end }}
    {{- end }}
    {{- if $hasKeys }}
    - name: keys
      secret:
        secretName: {{ include "analytics.keys" $ }}
        items:
          - {key: keys, path: keys}
    {{- end }}
    {{- if $hasFiles }}
    # A whole folder, because Kubernetes does not update single files that are mounted.
    - name: files
      configMap:
        name: {{ include "analytics.files" $ }}
    {{- end }}
    {{- if $hasCertificate }}
    - name: certificate
      secret:
        secretName: {{ $.Values.clickhouse.certificate.secret }}
        items:
          - {key: {{ $.Values.clickhouse.certificate.key }}, path: ca.crt}
    {{- end }}
{{- end }}
