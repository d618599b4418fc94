"""A real directory: slapd in a folder of its own, with 1,200 people, nested groups with a cycle, and StartTLS by an
authority of its own. A search without paging is cut at 500 entries, as many directories do."""

import datetime
import ipaddress
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from appliance import free_port, until

SUFFIX = "dc=example,dc=org"
PEOPLE = f"ou=people,{SUFFIX}"
GROUPS = f"ou=groups,{SUFFIX}"
SERVICE = f"cn=takehold,{SUFFIX}"
SERVICE_PASSWORD = "service-password"
ADMIN = f"cn=admin,{SUFFIX}"
ADMIN_PASSWORD = "admin-password"
PASSWORD = "a-long-password"
COUNT = 1_200

# Group → members; a name with `uid=` is a person, another a group. `all` → `engineering` → `platform` → `all` is a cycle.
NESTED = {
    "owners": ["uid=ada"],
    "admins": ["uid=grace"],
    "all": ["engineering", "sales"],
    "engineering": ["platform", "uid=p0001"],
    "platform": ["all", "uid=p0002"],
    "sales": ["uid=p0003"],
    "builders of shop": ["uid=p0004"],
    "nobody's group": ["uid=p0005"],
}


def key_pair(name, issuer=None, ca=False):
    """A key and a certificate for this name, signed by itself or by `issuer`, a pair of both."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return key, builder.sign(issuer[0] if issuer else key, hashes.SHA256())


def write_pem(folder, name, pair):
    key, certificate = pair
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.TraditionalOpenSSL
    (folder / f"{name}.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))


def person(uid, name, mail=None, password=PASSWORD, **more):
    """An entry of a person, as LDIF."""
    lines = [f"dn: uid={uid},{PEOPLE}", "objectClass: inetOrgPerson", f"uid: {uid}", f"cn: {name}", f"sn: {name}"]
    lines += [f"displayName: {name}", f"userPassword: {password}"]
    lines += [f"mail: {mail}"] if mail else []
    lines += [f"{key}: {value}" for key, value in more.items()]
    return "\n".join(lines) + "\n"


def group(name, members):
    lines = [f"dn: cn={name},{GROUPS}", "objectClass: groupOfNames", f"cn: {name}"]
    lines += [f"member: {member}" for member in members]
    return "\n".join(lines) + "\n"


def entries():
    """The whole directory as LDIF."""
    yield f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n"
    for unit in (PEOPLE, GROUPS):
        name = unit.split(",")[0].removeprefix("ou=")
        yield f"dn: {unit}\nobjectClass: organizationalUnit\nou: {name}\n"
    yield (
        f"dn: {SERVICE}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n"
        f"cn: takehold\nuserPassword: {SERVICE_PASSWORD}\n"
    )
    yield person("ada", "Ada Owner", "ada@example.org")
    yield person("grace", "Grace Admin", "grace@example.org")
    yield person("o(b)r*ien", "Odd Name", "odd@example.org")
    yield person("mailless", "No Mail")
    for number in range(1, COUNT + 1):
        yield person(f"p{number:04}", f"Person {number}", f"p{number:04}@example.org")
    for name, members in NESTED.items():
        yield group(name, [f"{m},{PEOPLE}" if m.startswith("uid=") else f"cn={m},{GROUPS}" for m in members])
    everybody = [f"uid=p{number:04},{PEOPLE}" for number in range(1, COUNT + 1)]
    yield group("everybody", everybody)


class Directory:
    """The server, on two loopback ports: plain with StartTLS, and TLS from the start."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.port, self.tls_port = free_port(), free_port()
        self.url, self.tls_url = f"ldap://127.0.0.1:{self.port}", f"ldaps://127.0.0.1:{self.tls_port}"
        self.process = None
        authority = key_pair("Test Authority", ca=True)
        write_pem(self.folder, "ca", authority)
        write_pem(self.folder, "server", key_pair("localhost", authority))
        self.ca_file = self.folder / "ca.pem"
        (self.folder / "data").mkdir()
        self.configuration = self.folder / "slapd.conf"
        schema = "\n".join(f"include /etc/ldap/schema/{name}.schema" for name in ("core", "cosine", "inetorgperson"))
        self.configuration.write_text(f"""{schema}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {self.folder}/slapd.pid
TLSCACertificateFile {self.folder}/ca.pem
TLSCertificateFile {self.folder}/server.pem
TLSCertificateKeyFile {self.folder}/server.key
database mdb
maxsize 100000000
suffix "{SUFFIX}"
rootdn "{ADMIN}"
rootpw {ADMIN_PASSWORD}
directory {self.folder}/data
dbnosync
index objectClass,uid,mail,member,entryUUID eq
limits * size.soft=500 size.hard=500 size.pr=250 size.prtotal=unlimited
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
""")
        ldif = "\n".join(entries())
        run = ["/usr/sbin/slapadd", "-q", "-f", self.configuration]
        subprocess.run(run, input=ldif, text=True, check=True, capture_output=True)

    def start(self):
        urls = f"{self.url}/ {self.tls_url}/"
        log = (self.folder / "slapd.log").open("ab")
        # With -d it stays in the foreground.
        command = ["/usr/sbin/slapd", "-h", urls, "-f", self.configuration, "-d", "0"]
        self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self.answers)
        return self

    def answers(self):
        """The directory answers."""
        assert self.process.poll() is None, (self.folder / "slapd.log").read_text()
        probe = ["ldapsearch", "-x", "-H", self.url, "-D", ADMIN, "-w", ADMIN_PASSWORD, "-b", "", "-s", "base"]
        return subprocess.run(probe, capture_output=True).returncode == 0

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)
        self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def change(self, ldif):
        """Applies changes, as LDIF."""
        command = ["ldapmodify", "-x", "-H", self.url, "-D", ADMIN, "-w", ADMIN_PASSWORD]
        done = subprocess.run(command, input=ldif, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr

    def join(self, uid, name):
        self.change(f"dn: cn={name},{GROUPS}\nchangetype: modify\nadd: member\nmember: uid={uid},{PEOPLE}\n")

    def leave(self, uid, name):
        self.change(f"dn: cn={name},{GROUPS}\nchangetype: modify\ndelete: member\nmember: uid={uid},{PEOPLE}\n")

    def remove(self, uid):
        self.change(f"dn: uid={uid},{PEOPLE}\nchangetype: delete\n")

    def environment(self, mappings, **more):
        """What connects an appliance to this directory."""
        import json

        return {
            "TAKEHOLD_AUTH__LDAP__URL": self.url,
            "TAKEHOLD_AUTH__LDAP__BIND_DN": SERVICE,
            "TAKEHOLD_AUTH__LDAP__BIND_PASSWORD": SERVICE_PASSWORD,
            "TAKEHOLD_AUTH__LDAP__USER_BASE": PEOPLE,
            "TAKEHOLD_AUTH__LDAP__USER_FILTER": "(uid={username})",
            "TAKEHOLD_AUTH__LDAP__GROUP_BASE": GROUPS,
            "TAKEHOLD_AUTH__LDAP__ROLE_MAPPINGS": json.dumps(mappings),
        } | {f"TAKEHOLD_AUTH__LDAP__{key.upper()}": str(value) for key, value in more.items()}


class Silent:
    """A port that takes connections and never says a word, as a directory that hangs."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"ldap://127.0.0.1:{self.socket.getsockname()[1]}"
        self.guests = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self):
        while True:
            try:
                guest, _ = self.socket.accept()
            except OSError:
                return
            self.guests.append(guest)

    def close(self):
        self.socket.close()
        for guest in self.guests:
            guest.close()


class Liar:
    """Answers every message of LDAP with bytes that the test chose."""

    def __init__(self, answer):
        self.answer = answer
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"ldap://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                guest, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._lie, args=(guest,), daemon=True).start()

    def _lie(self, guest):
        with guest:
            while asked := guest.recv(4_096):
                told = self.answer(asked)
                if told is None:
                    return
                guest.sendall(told)
                time.sleep(0.01)

    def close(self):
        self.socket.close()
