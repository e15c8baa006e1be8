package settings

import "github.com/kvmmanager/kvm-manager/services/virt"

// An Entry is something that can be found among the settings: a section, or a
// setting in it.
type Entry struct {
	Section virt.Ref
	Setting string // its name; empty for the section itself
	Icon    string
	Title   string
	Place   string // the title of its section; empty for a section
}

// Entries lists the sections and what is in them.
func Entries() []Entry {
	var all []Entry
	for _, s := range sections() {
		all = append(all, Entry{Section: s.ref(), Icon: s.icon, Title: s.title})
		if s.cards == nil {
			continue
		}
		for _, c := range s.cards() {
			for _, r := range c.rows {
				all = append(all, Entry{Section: s.ref(), Setting: r.name, Icon: s.icon, Title: r.label, Place: s.title})
			}
		}
	}
	return all
}

// Keyboard is the ID of the section about key combinations.
const Keyboard = "keyboard"

// Section points to the section of that ID.
func Section(id string) virt.Ref { return find(id).ref() }
