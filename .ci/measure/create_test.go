package main

import "testing"

func TestOurOwnPartIsWhatNoCallCovers(t *testing.T) {
	s := said{
		out: []byte("init libvirt.org/go/libvirt @1.6 ms, 5 ms clock, 144 bytes, 3 allocs\n"),
		// Calls from 10 to 20 ms, from 15 to 30, and from 32 to 40.
		trace: []byte(`{"t_us":20000,"event":"libvirt_call","name":"a","us":10000}
{"t_us":21000,"event":"other"}
{"t_us":30000,"event":"libvirt_call","name":"b","us":15000}
{"t_us":40000,"event":"libvirt_call","name":"virDomainCreate","us":8000}
{"t_us":90000,"event":"libvirt_call","name":"c","us":1000}
`),
	}
	if got, err := outside(s); err != nil || got != 10+2-5 {
		t.Errorf("our part is %g ms, want 7; %v", got, err)
	}
	s.out = nil
	if _, err := outside(s); err == nil {
		t.Error("without the time of the library there is a figure")
	}
}
