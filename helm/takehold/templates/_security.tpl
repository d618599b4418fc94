{{/* Security contexts. OpenShift gives each namespace its own ids and refuses others. Context: (list $ SECURITY). */}}

{{- define "takehold.security" -}}
{{- $context := index . 1 }}
{{- if (index . 0).Values.openshift.enabled }}
{{- $context = omit $context "runAsUser" "runAsGroup" "fsGroup" }}
{{- end }}
{{- toYaml $context }}
{{- end }}
