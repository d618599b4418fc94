{{/* Parts of the NetworkPolicies. */}}

{{/*
The ports of the hosts in a URL, as a list in JSON. A PostgreSQL URL may name several hosts. Context: (list URL DEFAULT).
*/}}
{{- define "takehold.ports" -}}
{{- $hosts := regexReplaceAll "^[a-z+]+://([^/?#]*@)?" (index . 0) "" | splitList "/" | first | splitList "?" | first }}
{{- $default := index . 1 }}
{{- $ports := list }}
{{- range splitList "," $hosts }}
{{- $port := regexFind ":[0-9]+$" . | trimPrefix ":" }}
{{- $ports = append $ports (int (default $default $port)) }}
{{- end }}
{{- toJson $ports }}
{{- end }}

{{/* The port that a scheme stands for. */}}
{{- define "takehold.schemePort" -}}
{{- $known := dict "http" 80 "https" 443 "ldap" 389 "ldaps" 636 "smtp" 587 "smtps" 465 }}
{{- default 443 (get $known (regexFind "^[a-z]+" .)) }}
{{- end }}

{{/* Ports of what values name outside: proxy, collector, issuer, directory, mail relay. */}}
{{- define "takehold.outboundPorts" -}}
{{- $oidc := dig "auth" "oidc" "issuer" "" .Values.config }}
{{- $ldap := dig "auth" "ldap" "url" "" .Values.config }}
{{- $smtp := dig "smtp" "url" "" .Values.config }}
{{- $ports := list }}
{{- range compact (list .Values.outbound.proxy .Values.telemetry.otlpEndpoint $oidc $ldap $smtp) }}
{{- $ports = concat $ports (include "takehold.ports" (list . (include "takehold.schemePort" .)) | fromJsonArray) }}
{{- end }}
{{- range uniq $ports | sortAlpha }}
- port: {{ . }}
  protocol: TCP
{{- end }}
{{- end }}

{{/* To resolve names, and to reach the database. */}}
{{- define "takehold.egressBasics" -}}
{{- with .Values.networkPolicy.egress }}
- ports:
    {{- range .dnsPorts }}
    - port: {{ . }}
      protocol: UDP
    - port: {{ . }}
      protocol: TCP
    {{- end }}
  {{- with .dnsTo }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- if include "takehold.isPostgres" $ }}
- ports:
    {{- range (include "takehold.ports" (list $.Values.database.url .databasePort) | fromJsonArray | uniq) }}
    - port: {{ . }}
      protocol: TCP
    {{- end }}
  {{- with .databaseTo }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
