package networkxml_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/internal/networkxml"
)

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

func TestTheFirstSubnetIsTakenThatNothingOverlaps(t *testing.T) {
	for want, taken := range map[string][]netip.Prefix{
		"192.168.122.0/24": prefixes("10.0.0.0/8", "192.168.1.7/24", "fd00::/64"),
		"192.168.123.0/24": prefixes("192.168.122.1/24"),
		"192.168.125.0/24": prefixes("192.168.124.0/30", "192.168.122.0/23"),
		"192.168.128.0/24": prefixes("192.168.0.0/17"),
	} {
		if got, ok := networkxml.FreeSubnet(taken); !ok || got.String() != want {
			t.Errorf("beside %v: %v, %v; want %s", taken, got, ok, want)
		}
	}
	if got, ok := networkxml.FreeSubnet(prefixes("192.168.0.0/16")); ok {
		t.Errorf("beside all of them: %v", got)
	}
}

func TestTheDefaultNetworkServesItsSubnet(t *testing.T) {
	subnet := netip.MustParsePrefix("192.168.130.0/24")
	text, err := networkxml.Default("", subnet)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := networkxml.Subnets(text); err != nil || !slices.Equal(got, []netip.Prefix{subnet}) {
		t.Errorf("%s serves %v, %v", text, got, err)
	}
}

func TestSubnetsAreReadInAllForms(t *testing.T) {
	got, err := networkxml.Subnets(`<network><name>x</name><ip address='10.1.2.3' prefix='16'/><ip family='ipv6' address='fd00::1' prefix='64'/>` +
		`<ip address='192.168.7.129' netmask='255.255.255.128'/></network>`)
	if want := prefixes("10.1.0.0/16", "192.168.7.128/25"); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	got, err = networkxml.Subnets(`<network><name>x</name><ip address='192.168.55.1'/><ip address='172.20.3.1'/><ip address='10.77.1.1'/></network>`)
	if want := prefixes("192.168.55.0/24", "172.20.0.0/16", "10.0.0.0/8"); err != nil || !slices.Equal(got, want) {
		t.Errorf("without sizes: %v, %v; want %v", got, err, want)
	}
	if _, err := networkxml.Subnets("<network"); err == nil {
		t.Error("what is no document was read")
	}
	if got, err := networkxml.Subnets("<network><name>bridged</name><forward mode='bridge'/></network>"); err != nil || len(got) != 0 {
		t.Errorf("a network without addresses serves %v, %v", got, err)
	}
}
