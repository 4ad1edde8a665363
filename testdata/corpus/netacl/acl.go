// Package netacl decides about addresses by rules on networks.
package netacl

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
)

// Action is what a rule says.
type Action uint8

// The actions.
const (
	Deny Action = iota
	Allow
)

func (a Action) String() string {
	if a == Allow {
		return "allow"
	}
	return "deny"
}

// Rule is a line of a list.
type Rule struct {
	Net    netip.Prefix
	Action Action
	Line   int
	Note   string
}

func (r *Rule) String() string {
	return r.Action.String() + " " + r.Net.String() + " # " + r.Note // ok ML11
}

// Read reads rules, one a line: an action, a network, and a note after a number sign.
func Read(r io.Reader) ([]Rule, error) {
	var rules []Rule
	sc := bufio.NewScanner(r)
	for n := 1; sc.Scan(); n++ {
		line, note, _ := strings.Cut(sc.Text(), "#") // ok ML11
		word, network, ok := strings.Cut(strings.TrimSpace(line), " ")
		if word == "" {
			continue
		}
		rule := Rule{Line: n, Note: strings.TrimSpace(note)}
		switch word {
		case "allow":
			rule.Action = Allow
		case "deny":
		default:
			return nil, fmt.Errorf("netacl: line %d: unknown action %q", n, word)
		}
		p, err := netip.ParsePrefix(strings.TrimSpace(network))
		if !ok || err != nil {
			return nil, fmt.Errorf("netacl: line %d: bad network %q", n, network)
		}
		rule.Net = p.Masked()
		rules = append(rules, rule)
	}
	return rules, sc.Err()
}

type node struct {
	children [2]*node
	rule     int32
}

// List is a compiled list. The longest network that holds an address decides.
type List struct {
	rules    []Rule
	v4, v6   *node
	fallback Action
}

// Compile makes a list. Of two rules on one network the later one counts.
func Compile(rules []Rule, fallback Action) *List {
	l := &List{
		rules:    slices.Clone(rules),
		v4:       &node{rule: -1},
		v6:       &node{rule: -1},
		fallback: fallback,
	}
	slices.SortStableFunc(l.rules, func(a, b Rule) int { return cmp.Compare(a.Net.Bits(), b.Net.Bits()) })
	for i := range l.rules {
		l.insert(int32(i))
	}
	return l
}

func (l *List) root(a netip.Addr) *node {
	if a.Is4() {
		return l.v4
	}
	return l.v6
}

func bit(b *[16]byte, i int) byte { return b[i/8] >> (7 - i%8) & 1 }

func (l *List) insert(i int32) {
	net := l.rules[i].Net
	addr := net.Addr()
	at := l.root(addr)
	b := addr.As16()
	skip := 0
	if addr.Is4() {
		skip = 96
	}
	for j := range net.Bits() {
		next := &at.children[bit(&b, skip+j)]
		if *next == nil {
			*next = &node{rule: -1}
		}
		at = *next
	}
	at.rule = i
}

// Lookup gives the action for an address and the rule that says so, if any.
func (l *List) Lookup(a netip.Addr) (Action, *Rule) {
	a = a.Unmap()
	b := a.As16()
	skip := 0
	if a.Is4() {
		skip = 96
	}
	best := int32(-1)
	at := l.root(a)
	for i := skip; at != nil; i++ {
		if at.rule >= 0 {
			best = at.rule
		}
		if i == 128 {
			break
		}
		at = at.children[bit(&b, i)]
	}
	if best < 0 {
		return l.fallback, nil
	}
	return l.rules[best].Action, &l.rules[best]
}

// Shadowed lists the rules on networks whose nearest wider rule says the same.
func (l *List) Shadowed() []*Rule {
	var out []*Rule
	var walk func(n *node, above int32)
	walk = func(n *node, above int32) {
		if n == nil {
			return
		}
		if n.rule >= 0 {
			if above >= 0 && l.rules[above].Action == l.rules[n.rule].Action {
				out = append(out, &l.rules[n.rule])
			}
			above = n.rule
		}
		walk(n.children[0], above)
		walk(n.children[1], above)
	}
	walk(l.v4, -1)
	walk(l.v6, -1)
	return out
}
