package domainxml

import (
	"reflect"
	"testing"
)

func TestPortsAreSerialPortsAndOtherConsolesEachOnce(t *testing.T) {
	facts, err := Read(`<domain type='qemu'><name>web</name><memory>1024</memory><os><type>hvm</type></os><devices>
		<serial type='pty'><source path='/dev/pts/3'/><target port='0'/><alias name='serial0'/></serial>
		<serial type='tcp'><source mode='bind' host='::1' service='4555'/><target port='1'/><alias name='ua-lab'/></serial>
		<console type='pty'><target type='serial' port='0'/><alias name='serial0'/></console>
		<console type='pty'><target type='virtio' port='1'/><alias name='console1'/></console>
		<console type='unix'><source mode='bind' path='/run/hvc1'/><target type='virtio' port='2'/></console>
	</devices></domain>`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Port{
		{Device: "serial0", Serial: true, Number: 0, Type: "pty", Path: "/dev/pts/3"},
		{Device: "ua-lab", Serial: true, Number: 1, Type: "tcp", Path: "::1:4555"},
		{Device: "console1", Number: 0, Type: "pty"},
		{Device: "console2", Number: 1, Type: "unix", Path: "/run/hvc1"},
	}
	if !reflect.DeepEqual(facts.Ports, want) {
		t.Errorf("got %+v, want %+v", facts.Ports, want)
	}
}
