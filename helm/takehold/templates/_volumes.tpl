{{/*
Volumes and mounts. Settings, secrets and certificates share one volume: a missing Secret keeps the pod waiting, and a
changed one reaches the files without a new mount.
*/}}

{{- define "takehold.hasCa" -}}
{{- with .Values.outbound.caBundle }}{{ if or .existingConfigMap .existingSecret .pem }}true{{ end }}{{ end }}
{{- end }}

{{/* A Secret's key as a file in the folder `secrets`. Context: (list SECRET KEY FILE). */}}
{{- define "takehold.secretFile" }}
- secret:
    name: {{ index . 0 }}
    items:
      - key: {{ index . 1 | quote }}
        path: secrets/{{ index . 2 }}
{{- end }}

{{/* The certificates as a file. Context: (list $ CONFIGMAP), the ConfigMap that holds `pem`. */}}
{{- define "takehold.caFile" }}
{{- $made := index . 1 }}
{{- with (index . 0).Values.outbound.caBundle }}
{{- if .existingSecret }}
- secret:
    name: {{ .existingSecret }}
    items:
      - key: {{ .key | quote }}
        path: ca.crt
{{- else if or .existingConfigMap .pem }}
- configMap:
    name: {{ default $made .existingConfigMap }}
    items:
      - key: {{ ternary .key "ca.crt" (ne .existingConfigMap "") | quote }}
        path: ca.crt
{{- end }}
{{- end }}
{{- end }}

{{- define "takehold.settings" -}}
{{- $v := .Values }}
{{- include "takehold.secretFile" (list (include "takehold.secretKeyName" .) $v.secretKey.existingSecretKey "secret-key") }}
{{- if include "takehold.isPostgres" . }}
{{- include "takehold.secretFile" (list (include "takehold.databaseSecret" .) (include "takehold.databaseSecretKey" .) "database-url") }}
{{- end }}
{{- if $v.bootstrap.ownerEmail }}
{{- include "takehold.secretFile" (list $v.bootstrap.existingSecret $v.bootstrap.existingSecretKey "owner-password") }}
{{- end }}
{{- with $v.auth.oidc }}{{ if .existingSecret }}
{{- include "takehold.secretFile" (list .existingSecret .existingSecretKey "oidc-client-secret") }}
{{- end }}{{ end }}
{{- with $v.auth.ldap }}{{ if .existingSecret }}
{{- include "takehold.secretFile" (list .existingSecret .existingSecretKey "ldap-bind-password") }}
{{- end }}{{ end }}
{{- with $v.smtp }}{{ if .existingSecret }}
{{- include "takehold.secretFile" (list .existingSecret .existingSecretKey "smtp-url") }}
{{- end }}{{ end }}
{{- with $v.backup.identity }}{{ if .existingSecret }}
{{- include "takehold.secretFile" (list .existingSecret .existingSecretKey "backup-identity") }}
{{- end }}{{ end }}
{{- include "takehold.caFile" (list . (printf "%s-ca" (include "takehold.fullname" .))) }}
{{- if $v.config }}
- configMap:
    name: {{ include "takehold.fullname" . }}-config
    items:
      - key: takehold.toml
        path: takehold.toml
{{- end }}
{{- end }}

{{- define "takehold.volumes" -}}
- name: settings
  projected:
    sources:
      {{- include "takehold.settings" . | nindent 6 }}
- name: tmp
  emptyDir: {}
- name: data
{{- if or (include "takehold.isPostgres" .) (not .Values.persistence.enabled) }}
  emptyDir: {}
{{- else }}
  persistentVolumeClaim:
    claimName: {{ default (printf "%s-data" (include "takehold.fullname" .)) .Values.persistence.existingClaim }}
{{- end }}
{{- with .Values.backup.persistence }}{{ if .enabled }}
- name: backups
  persistentVolumeClaim:
    claimName: {{ default (printf "%s-backups" (include "takehold.fullname" $)) .existingClaim }}
{{- end }}{{ end }}
{{- end }}

{{- define "takehold.mounts" -}}
- name: settings
  mountPath: {{ include "takehold.settingsFolder" . }}
  readOnly: true
- name: tmp
  mountPath: /tmp
- name: data
  mountPath: {{ include "takehold.dataFolder" . }}
{{- if .Values.backup.persistence.enabled }}
- name: backups
  mountPath: {{ include "takehold.backupFolder" . }}
{{- end }}
{{- end }}
