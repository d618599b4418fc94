{{/* Names and labels. */}}

{{- define "takehold.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Short enough for the longest suffix, so that names never lose their tail. */}}
{{- define "takehold.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 48 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 48 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels that never change: selectors are made of them. Context: (list $ COMPONENT). */}}
{{- define "takehold.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "takehold.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* All labels. Context: (list $ COMPONENT LABELS…), where a later map wins. */}}
{{- define "takehold.labels" -}}
{{- $root := index . 0 -}}
{{- $own := include "takehold.selector" (list $root (index . 1)) | fromYaml -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- $_ := set $own "app.kubernetes.io/version" ($root.Chart.AppVersion | replace "+" "_" | trunc 63) -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" $root.Release.Service -}}
{{- $_ := set $own "app.kubernetes.io/part-of" "takehold" -}}
{{- $all := dict -}}
{{- range concat (list $root.Values.commonLabels) (slice . 2) (list $own) -}}
{{- $all = mergeOverwrite $all (deepCopy (default dict .)) -}}
{{- end -}}
{{- toYaml $all }}
{{- end }}

{{/* Annotations, with their key, if there are any. Context: (list $ ANNOTATIONS…), where a later map wins. */}}
{{- define "takehold.annotations" -}}
{{- $root := index . 0 -}}
{{- $all := deepCopy $root.Values.commonAnnotations -}}
{{- range rest . -}}
{{- $all = mergeOverwrite $all (deepCopy (default dict .)) -}}
{{- end -}}
{{- with $all }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "takehold.secretKeyName" -}}
{{- default (printf "%s-secret-key" .Release.Name) .Values.secretKey.existingSecret }}
{{- end }}

{{- define "takehold.serviceAccountName" -}}
{{- $made := ternary (include "takehold.fullname" .) "default" .Values.serviceAccount.create }}
{{- default $made .Values.serviceAccount.name }}
{{- end }}

{{/* The account of what runs before the release's own objects exist. */}}
{{- define "takehold.hookServiceAccountName" -}}
{{- $elsewhere := ternary "default" (include "takehold.serviceAccountName" .) .Values.serviceAccount.create }}
{{- default $elsewhere .Values.migration.serviceAccountName }}
{{- end }}
