{{/* Parts of a pod. */}}

{{/* A probe over HTTP: the image has no shell. Context: (list TIMING PATH). */}}
{{- define "takehold.probe" -}}
httpGet:
  path: {{ index . 1 }}
  port: http
{{- with index . 0 }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Where pods run. */}}
{{- define "takehold.scheduling" -}}
{{- include "takehold.placement" . }}
{{- $constraints := .Values.topologySpreadConstraints }}
{{- if and (not $constraints) (include "takehold.isPostgres" .) }}
{{- $soft := dict "maxSkew" 1 "whenUnsatisfiable" "ScheduleAnyway" }}
{{- $constraints = list (merge (dict "topologyKey" "topology.kubernetes.io/zone") $soft) (merge (dict "topologyKey" "kubernetes.io/hostname") $soft) }}
{{- end }}
{{- with $constraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{ toYaml . | nindent 4 | trim }}
    {{- if not (hasKey . "labelSelector") }}
    labelSelector:
      matchLabels:
        {{- include "takehold.selector" (list $ "server") | nindent 8 }}
    {{- end }}
  {{- end }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What the migration and the test take over from the servers' scheduling. */}}
{{- define "takehold.placement" -}}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .Values.schedulerName }}
schedulerName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The server reads its settings once: what changes in them brings new pods. */}}
{{- define "takehold.checksums" -}}
{{- with .Values.config }}
checksum/config: {{ toJson . | sha256sum }}
{{- end }}
{{- with .Values.database.url }}
checksum/database: {{ sha256sum . }}
{{- end }}
{{- with .Values.outbound.caBundle.pem }}
checksum/ca: {{ sha256sum . }}
{{- end }}
{{- end }}
