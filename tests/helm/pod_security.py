"""The rules of Kubernetes' *restricted* Pod Security Standard, and those that we add to it."""

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
}
SELINUX = {None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}


def breaches(spec):
    """What a pod does that *restricted* forbids."""
    pod = spec.get("securityContext", {})
    yield from (f"{name} is set" for name in ("hostNetwork", "hostPID", "hostIPC") if spec.get(name))
    for volume in spec.get("volumes", []):
        yield from (f"volume {volume['name']} is a {kind}" for kind in set(volume) - {"name"} - VOLUMES)
    yield from (f"sysctl {each['name']}" for each in pod.get("sysctls", []) if each["name"] not in SYSCTLS)
    for container in containers(spec):
        yield from (f"{container['name']}: {what}" for what in container_breaches(container, pod))


def containers(spec):
    return [*spec.get("initContainers", []), *spec["containers"], *spec.get("ephemeralContainers", [])]


def container_breaches(container, pod):
    own = container.get("securityContext", {})
    both = {**pod, **own}
    capabilities = own.get("capabilities", {})
    if own.get("privileged"):
        yield "privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "may gain privileges"
    if "ALL" not in capabilities.get("drop", []):
        yield "does not drop all capabilities"
    if set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield "adds capabilities"
    if both.get("runAsNonRoot") is not True:
        yield "may run as root"
    if 0 in (pod.get("runAsUser"), own.get("runAsUser")):
        yield "runs as user 0"
    if both.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield "has no seccomp profile"
    if own.get("procMount", "Default") != "Default":
        yield "changes /proc"
    if both.get("seLinuxOptions", {}).get("type") not in SELINUX or {"user", "role"} & set(both.get("seLinuxOptions", {})):
        yield "changes SELinux's labels"
    if both.get("appArmorProfile", {}).get("type", "RuntimeDefault") == "Unconfined":
        yield "has no AppArmor profile"
    if any(port.get("hostPort") for port in container.get("ports", [])):
        yield "takes a port of its node"


def house_breaches(spec):
    """What we ask of our pods beyond that."""
    if spec.get("automountServiceAccountToken") is not False:
        yield "mounts a service-account token"
    if spec.get("enableServiceLinks") is not False:
        yield "gets a variable for every service of the namespace"
    for container in containers(spec):
        if container.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
            yield f"{container['name']}: its root can be written"
