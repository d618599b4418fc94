{{/*
The server's environment. Secrets are files, named by the variables that end in _FILE. What equals the server's own
default is left out.
*/}}

{{- define "takehold.environment" -}}
{{- $settings := include "takehold.settingsFolder" . -}}
- name: TAKEHOLD_DATA_DIR
  value: {{ include "takehold.dataFolder" . }}
{{- if .Values.config }}
{{- /* A variable and no argument: what is run in the pod by hand reads the same file. */}}
- name: TAKEHOLD_CONFIG
  value: {{ $settings }}/takehold.toml
{{- end }}
- name: TAKEHOLD_SERVER__LISTEN
  value: {{ printf "%s:8080" .Values.listenAddress | quote }}
- name: TAKEHOLD_SERVER__SECRET_KEY_FILE
  value: {{ $settings }}/secrets/secret-key
{{- with include "takehold.publicUrl" . }}
- name: TAKEHOLD_SERVER__PUBLIC_URL
  value: {{ . | quote }}
{{- end }}
{{- if ne (int .Values.drainSeconds) 20 }}
- name: TAKEHOLD_SERVER__DRAIN_SECONDS
  value: {{ int .Values.drainSeconds | quote }}
{{- end }}
{{- include "takehold.databaseEnvironment" . }}
{{- include "takehold.telemetryEnvironment" . }}
{{- if gt (int .Values.metrics.port) 0 }}
- name: TAKEHOLD_TELEMETRY__METRICS_LISTEN
  value: {{ printf "%s:%d" .Values.listenAddress (int .Values.metrics.port) | quote }}
{{- end }}
{{- with .Values.telemetry.otlpEndpoint }}
- name: TAKEHOLD_TELEMETRY__OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- with .Values.bootstrap.ownerEmail }}
- name: TAKEHOLD_BOOTSTRAP__OWNER_EMAIL
  value: {{ . | quote }}
- name: TAKEHOLD_BOOTSTRAP__OWNER_PASSWORD_FILE
  value: {{ $settings }}/secrets/owner-password
{{- end }}
{{- if .Values.auth.oidc.existingSecret }}
- name: TAKEHOLD_AUTH__OIDC__CLIENT_SECRET_FILE
  value: {{ $settings }}/secrets/oidc-client-secret
{{- end }}
{{- if .Values.auth.ldap.existingSecret }}
- name: TAKEHOLD_AUTH__LDAP__BIND_PASSWORD_FILE
  value: {{ $settings }}/secrets/ldap-bind-password
{{- end }}
{{- if .Values.smtp.existingSecret }}
- name: TAKEHOLD_SMTP__URL_FILE
  value: {{ $settings }}/secrets/smtp-url
{{- end }}
{{- include "takehold.outboundEnvironment" . }}
{{- include "takehold.backupEnvironment" . }}
{{- end }}

{{- define "takehold.databaseEnvironment" }}
{{- if include "takehold.isPostgres" . }}
- name: TAKEHOLD_DATABASE__URL_FILE
  value: {{ include "takehold.settingsFolder" . }}/secrets/database-url
{{- else if .Values.database.url }}
- name: TAKEHOLD_DATABASE__URL
  value: {{ .Values.database.url | quote }}
{{- end }}
{{- end }}

{{- define "takehold.telemetryEnvironment" }}
- name: TAKEHOLD_TELEMETRY__FORMAT
  value: {{ .Values.telemetry.format | quote }}
{{- with .Values.telemetry.level }}
- name: TAKEHOLD_TELEMETRY__LEVEL
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "takehold.outboundEnvironment" }}
{{- if include "takehold.hasCa" . }}
- name: TAKEHOLD_OUTBOUND__CA_FILE
  value: {{ include "takehold.settingsFolder" . }}/ca.crt
{{- end }}
{{- with .Values.outbound.proxy }}
- name: TAKEHOLD_OUTBOUND__PROXY
  value: {{ . | quote }}
{{- end }}
{{- with .Values.outbound.noProxy }}
- name: TAKEHOLD_OUTBOUND__NO_PROXY
  value: {{ join "," . | quote }}
{{- end }}
{{- end }}

{{- define "takehold.backupEnvironment" }}
{{- with .Values.backup }}
{{- if .persistence.enabled }}
- name: TAKEHOLD_BACKUP__FOLDER
  value: {{ include "takehold.backupFolder" $ }}
{{- end }}
{{- if .schedule }}
- name: TAKEHOLD_BACKUP__SCHEDULE
  value: {{ .schedule | quote }}
{{- end }}
{{- if .drillSchedule }}
- name: TAKEHOLD_BACKUP__DRILL_SCHEDULE
  value: {{ .drillSchedule | quote }}
{{- end }}
{{- if gt (int .keep) 0 }}
- name: TAKEHOLD_BACKUP__KEEP
  value: {{ int .keep | quote }}
{{- end }}
{{- if .encryptTo }}
- name: TAKEHOLD_BACKUP__ENCRYPT_TO
  value: {{ join "," .encryptTo | quote }}
{{- end }}
{{- if .identity.existingSecret }}
- name: TAKEHOLD_BACKUP__IDENTITY_FILE
  value: {{ include "takehold.settingsFolder" $ }}/secrets/backup-identity
{{- end }}
{{- end }}
{{- end }}
