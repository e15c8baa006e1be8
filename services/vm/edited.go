package vm

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// fromEdited takes what the rest must agree with out of an edited document: its
// UUID. Its name must be the spec's, for the files are called by it.
func fromEdited(spec virt.VMSpec) (virt.VMSpec, error) {
	root, err := readDomain(spec.Edited)
	if err != nil {
		return spec, err
	}
	switch name := childText(root, "name"); {
	case spec.XML != "":
		return spec, virt.Errorf(virt.KindInvalid, "a machine has one document").WithHint("Leave out either.")
	case name != spec.Name:
		return spec, virt.Errorf(virt.KindInvalid, "the document names the machine %q, not %q", name, spec.Name).
			WithHint("Change the name where the machine is named: its files are called by it.")
	}
	id := childText(root, "uuid")
	switch {
	case id == "":
		return spec, virt.Errorf(virt.KindInvalid, "the document has no <uuid>").WithHint("Leave the one in that it had.")
	case !uuidForm.MatchString(id):
		return spec, virt.Errorf(virt.KindInvalid, "%q is not a UUID", id)
	}
	spec.UUID = id
	return spec, nil
}

// readDomain parses a domain's document and returns its root.
func readDomain(text string) (*etree.Element, error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		return nil, virt.Errorf(virt.KindInvalid, "the document is not XML: %w", err)
	}
	root := doc.Root()
	if root == nil || root.Tag != "domain" {
		return nil, virt.Errorf(virt.KindInvalid, "the document is not a libvirt domain").
			WithHint("Its root element must be <domain>; virsh dumpxml and kvm-cli vm xml print such documents.")
	}
	return root, nil
}

func childText(root *etree.Element, tag string) string {
	if child := root.SelectElement(tag); child != nil {
		return strings.TrimSpace(child.Text())
	}
	return ""
}

// checkEdited compares an edited document with the one that the spec alone
// gives, asks libvirt what it thinks of it, and makes nothing. It returns the
// sources of the latter.
func (b *builder) checkEdited(ctx context.Context) (planned []string, err error) {
	plan := builder{service: b.service, conn: b.conn, host: b.host, spec: b.spec, preview: true, said: map[string]bool{}}
	text, err := plan.document(ctx)
	if err != nil {
		return nil, err
	}
	of, err := readDomain(text)
	if err != nil {
		return nil, err
	}
	root, err := readDomain(b.spec.Edited)
	if err != nil {
		return nil, err
	}
	named := sources(root)
	for _, path := range slices.Sorted(maps.Keys(plan.said)) {
		if !slices.Contains(named, path) {
			return nil, virt.Errorf(virt.KindInvalid, "the document does not use %s any more, which would be made for it", path).
				WithHint("Choose that the machine gets no such disk, or another, and edit the document then.")
		}
	}
	for _, source := range named {
		if err := plan.there(source); err != nil {
			return nil, err
		}
	}
	if err := b.conn.CheckDomain(withoutVolumes(root)); err != nil && !errors.Is(err, virt.ErrUnsupported) {
		return nil, err
	}
	return sources(of), nil
}

// there says whether a source exists or will be made.
func (b *builder) there(source string) error {
	if b.said[source] {
		return nil
	}
	if filepath.IsAbs(source) {
		if !b.conn.Local() {
			return nil
		}
		if _, err := os.Stat(source); errors.Is(err, fs.ErrNotExist) {
			return virt.Errorf(virt.KindNotFound, "the document names %s, which is not there", source)
		}
		return nil
	}
	pool, name, err := volumeName(source)
	if err == nil {
		_, err = b.conn.Volume(pool, name)
	}
	return err
}

// sources are the files, devices and volumes (as POOL/NAME) that a domain's
// document names: disks, kernel and initial RAM disk.
func sources(root *etree.Element) []string {
	var all []string
	for _, e := range root.FindElements("./devices/disk/source") {
		for _, key := range []string{"file", "dev"} {
			if path := e.SelectAttrValue(key, ""); path != "" {
				all = append(all, path)
			}
		}
		if volume := e.SelectAttrValue("volume", ""); volume != "" {
			all = append(all, e.SelectAttrValue("pool", "")+"/"+volume)
		}
	}
	for _, tag := range []string{"kernel", "initrd"} {
		for _, e := range root.FindElements("./os/" + tag) {
			if path := strings.TrimSpace(e.Text()); path != "" {
				all = append(all, path)
			}
		}
	}
	return all
}

// withoutVolumes is the document with files in the place of volumes: libvirt
// looks for volumes even where it only checks.
func withoutVolumes(root *etree.Element) string {
	doc := etree.NewDocument()
	doc.SetRoot(root.Copy())
	for _, disk := range doc.Root().FindElements("./devices/disk[@type='volume']") {
		disk.CreateAttr("type", "file")
		if source := disk.SelectElement("source"); source != nil {
			name := source.SelectAttrValue("volume", "")
			source.RemoveAttr("pool")
			source.RemoveAttr("volume")
			source.CreateAttr("file", "/"+name)
		}
	}
	text, err := doc.WriteToString()
	if err != nil {
		return "" // a document that was read is written
	}
	return text
}

// createEdited makes the VM of an edited document. It is defined first, so that
// libvirt's refusal comes before any file is made.
func (b *builder) createEdited(ctx context.Context) (virt.Ref, error) {
	planned, err := b.checkEdited(ctx)
	if err != nil {
		return virt.Ref{}, err
	}
	b.stage("define")
	made := b.ref()
	if err := b.defineNew(ctx, made, b.spec.Edited); err != nil {
		return virt.Ref{}, err
	}
	text, err := b.document(ctx)
	if err != nil {
		return virt.Ref{}, err
	}
	root, err := readDomain(text)
	if err != nil {
		return virt.Ref{}, err
	}
	if !slices.Equal(sources(root), planned) {
		return virt.Ref{}, virt.Errorf(virt.KindState, "files of the machine's names appeared meanwhile").WithHint("Look at the document again.")
	}
	return b.finish(ctx, made)
}
