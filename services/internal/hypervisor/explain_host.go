package hypervisor

import (
	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// explainHosts: the way to a daemon and through its door.
var explainHosts = []explanation{
	{
		name: "socket-missing", codes: system, says: `Failed to connect socket to '.*': No such file or directory`,
		cause: "No libvirt daemon listens at its socket: most likely it is not started or not installed.",
		hint:  "Start the libvirt daemon: sudo systemctl start libvirtd (or virtqemud.socket), or use qemu:///session.",
	},
	{
		name: "socket-refused", codes: system, says: `Failed to connect socket to '.*': Connection refused`,
		cause: "The daemon's socket is there, but nobody listens: usually the daemon has crashed or was killed.",
		hint:  "Start the libvirt daemon again: sudo systemctl restart libvirtd (or virtqemud).",
	},
	{
		name: "socket-forbidden", codes: system, says: `Failed to connect socket to '.*': Permission denied`,
		cause: "You may not open the socket of the libvirt daemon: usually because you are not in the group libvirt.",
		hint:  hintGroup,
	},
	{
		name: "ssh-host-key", says: `Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED`,
		kind:  virt.KindUnauthenticated,
		cause: "The host's SSH key is unknown here or is another than before: the host was set up anew, or somebody stands in between.",
		hint:  "Compare the key's fingerprint with the one on the host itself, then make it known: ssh USER@HOST. A key that has changed is forgotten with: ssh-keygen -R HOST",
	},
	{
		name: "ssh-login", says: `Permission denied \(|Permission denied, please try again|Too many authentication failures`,
		kind:  virt.KindUnauthenticated,
		cause: "The SSH server did not accept the key or the password of this user.",
		hint:  "Check the user name, and that ssh USER@HOST logs in. A key is brought to the host with: ssh-copy-id USER@HOST",
	},
	{
		name: "ssh-no-helper", says: `(nc|ncat|netcat|virt-ssh-helper): (command )?not found|nc: invalid option`,
		cause: "The SSH login works, but the host lacks the program that passes libvirt's bytes on.",
		hint:  "Install netcat or libvirt's client tools on the host: netcat-openbsd on Debian and Ubuntu, nmap-ncat on Fedora.",
	},
	{
		name: "name-unknown", says: `Unable to resolve address|Could not resolve hostname|Name or service not known|Temporary failure in name resolution`,
		kind:  virt.KindUnavailable,
		cause: "No name server knows the host's name.",
		hint:  "Check how the name is written, or use the host's address.",
	},
	{
		name: "host-refused", says: `(unable to connect to server at|connect to host) .*Connection refused`,
		kind:  virt.KindUnavailable,
		cause: "The host answers, but nothing listens at that port: the service is not started, or a firewall refuses.",
		hint:  "For ssh: is sshd started there? For tls: sudo systemctl enable --now libvirtd-tls.socket (or virtproxyd-tls.socket). Check the port, too.",
	},
	{
		name: "host-unreachable", says: `(unable to connect to server at|connect to host) .*(No route to host|Network is unreachable|timed out)`,
		kind:  virt.KindUnavailable,
		cause: "Nothing answers at the host's address: it is off, in another network, or behind a firewall that says nothing.",
		hint:  hintNetwork,
	},
	{
		name: "tls-no-authority", says: `Cannot read CA certificate|CA certificate .*(does not exist|No such file)`,
		kind:  virt.KindUnavailable,
		cause: "There is no certificate authority here with which the host's certificate could be checked.",
		hint:  "Put the authority's certificate to /etc/pki/CA/cacert.pem or ~/.pki/libvirt/cacert.pem, or name its directory with ?pkipath= in the URI.",
	},
	{
		name: "tls-no-client-certificate", says: `Cannot read (client|own|user)?.*certificate '.*|Unable to read TLS confirmation|peer did not send any certificate`,
		kind:  virt.KindUnauthenticated,
		cause: "The host refused our certificate, or we have none: usually it is missing, expired, or signed by an authority the host does not trust.",
		hint:  "Put clientcert.pem and private/clientkey.pem below /etc/pki/libvirt or ~/.pki/libvirt, signed by the authority that the host trusts.",
	},
	{
		name: "tls-expired", says: `[Cc]ertificate .*(has expired|is not yet active|is not yet activated)`,
		kind:  virt.KindUnauthenticated,
		cause: "A certificate is out of date, or the clock of one of the two computers is wrong.",
		hint:  "Look at the clocks, then at the certificate's dates: openssl x509 -dates -noout -in FILE",
	},
	{
		name: "tls-wrong-name", says: `owner does not match the hostname`,
		kind:  virt.KindUnauthenticated,
		cause: "The host's certificate was made for another name.",
		hint:  "Connect by a name that the certificate has, or have a certificate made for this one.",
	},
	{
		name: "tls-untrusted", says: `hasn't got a known issuer|certificate is not trusted|signer (is )?not found`,
		kind:  virt.KindUnauthenticated,
		cause: "A certificate was not signed by an authority that is trusted here.",
		hint:  "Use the authority that signed the host's certificate: /etc/pki/CA/cacert.pem, or ?pkipath= in the URI.",
	},
	{
		name: "tls-unverified", says: `Failed to verify peer's certificate|[Cc]ertificate failed validation`,
		kind:  virt.KindUnauthenticated,
		cause: "The host's certificate was not accepted: usually it was signed by another authority than is trusted here, made for another name, or is out of date.",
		hint:  "Look at its names and dates: openssl s_client -connect HOST:16514 </dev/null | openssl x509 -noout -text. The authority that is trusted is /etc/pki/CA/cacert.pem, or ?pkipath= in the URI.",
	},
	{
		name: "sasl-refused", says: `Failed to (start|step) SASL negotiation|SASL\(-\d+\)`,
		kind:  virt.KindUnauthenticated,
		cause: "The host's libvirt daemon did not accept the user name or the password.",
		hint:  "Check both; the daemon's users are listed on the host with: sudo sasldblistusers2 -f /etc/libvirt/passwd.db",
	},
	{
		name: "polkit-no-agent", says: `no polkit agent available`,
		cause: "The daemon wants to ask for a password, and nothing in this session can show the question.",
		hint:  hintGroup,
	},
	{
		name: "polkit-refused", says: `access denied by policy|polkit(-auth)?: .*(denied|not authorized)|authentication cancelled by user`,
		kind:  virt.KindForbidden,
		cause: "The system's policy (polkit) does not let you manage its machines.",
		hint:  hintGroup,
	},
	{
		name: "login-refused", codes: []libvirt.ErrorNumber{libvirt.ERR_AUTH_FAILED},
		cause: "The host did not accept who you are: usually the user name or the password is wrong.",
		hint:  hintLogin,
	},
	{
		name: "read-only", says: `read only access prevents`,
		cause: "The connection may only read.",
		hint:  "Use a URI without the read-only socket.",
	},
	{
		name: "access-denied", codes: []libvirt.ErrorNumber{libvirt.ERR_ACCESS_DENIED},
		cause: "The host's access rules do not allow you this.",
		hint:  "Ask the administrator of the host; the rules are polkit's, for the actions org.libvirt.api.",
	},
	{
		name: "no-driver", says: `no connection driver available`,
		kind:  virt.KindUnavailable,
		cause: "libvirt has no driver for this kind of URI on this computer.",
		hint:  hintURI,
	},
}

// system is the code of failures that carry the system's own number.
var system = []libvirt.ErrorNumber{libvirt.ERR_SYSTEM_ERROR}
