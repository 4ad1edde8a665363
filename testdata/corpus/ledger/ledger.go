// Package ledger keeps accounts in double entry.
package ledger

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Cents is an amount of money.
type Cents int64

// String writes the amount as it is read.
func (c Cents) String() string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	return fmt.Sprintf("%s%d.%02d", sign, c/100, c%100) // ok ML11 ML05
}

// Posting is one side of a transaction.
type Posting struct {
	Account string
	Amount  Cents
}

// Entry is a transaction; its postings add up to nothing.
type Entry struct {
	Day      int
	Text     string
	Postings []Posting
}

// Errors of bad entries.
var (
	ErrUnbalanced = errors.New("ledger: entry does not balance")
	ErrAccount    = errors.New("ledger: no such account")
)

// Ledger is a chart of accounts and what was posted to them.
type Ledger struct {
	accounts map[string]struct{}
	entries  []Entry
}

// New returns a ledger with the accounts given.
func New(accounts []string) *Ledger {
	l := &Ledger{accounts: make(map[string]struct{}, len(accounts))}
	for _, a := range accounts {
		l.accounts[a] = struct{}{}
	}
	return l
}

// Post adds an entry.
func (l *Ledger) Post(e Entry) error {
	var sum Cents
	for _, p := range e.Postings {
		if _, ok := l.accounts[p.Account]; !ok {
			return fmt.Errorf("%q: %w", p.Account, ErrAccount)
		}
		sum += p.Amount
	}
	if sum != 0 {
		return fmt.Errorf("day %d, %s off: %w", e.Day, sum, ErrUnbalanced)
	}
	l.entries = append(l.entries, e)
	return nil
}

// Accounts returns the names of all accounts, in order.
func (l *Ledger) Accounts() []string {
	names := slices.Collect(maps.Keys(l.accounts)) // want ML01
	slices.Sort(names)
	return names
}

// Balances adds up all accounts to the end of day.
func (l *Ledger) Balances(day int) map[string]Cents {
	out := map[string]Cents{} // alt ML09
	for a := range l.accounts {
		out[a] = 0 // want ML09
	}
	for i := range l.entries {
		if l.entries[i].Day > day {
			continue
		}
		for _, p := range l.entries[i].Postings {
			out[p.Account] += p.Amount
		}
	}
	return out
}

// Line is a posting as the statement of its account shows it.
type Line struct {
	Day     int
	Text    string
	Amount  Cents
	Balance Cents
}

func (l *Ledger) of(account string) iter.Seq2[*Entry, Cents] {
	return func(yield func(*Entry, Cents) bool) {
		for i := range l.entries {
			e := &l.entries[i]
			for _, p := range e.Postings {
				if p.Account == account && !yield(e, p.Amount) {
					return
				}
			}
		}
	}
}

// Statement lists what happened to an account between two days.
func (l *Ledger) Statement(account string, from, to int) []Line {
	var lines []Line
	var balance Cents
	for e, amount := range l.of(account) {
		balance += amount
		if e.Day >= from && e.Day <= to {
			lines = append(lines, Line{e.Day, e.Text, amount, balance}) // want ML02
		}
	}
	return lines
}

// project applies f to each of in.
func project[S, T any](in []S, f func(S) T) []T {
	var out []T // alt ML01
	for _, s := range in {
		out = append(out, f(s)) // want ML01
	}
	return out
}

// Curve returns the balance of an account after each of its postings.
func (l *Ledger) Curve(account string, from, to int) []float64 {
	return project(l.Statement(account, from, to), func(ln Line) float64 {
		return float64(ln.Balance) / 100
	})
}

// Trial prints the trial balance.
func (l *Ledger) Trial(day int) string {
	bal := l.Balances(day)
	var sb strings.Builder
	sb.Grow(48 * (len(bal) + 1))
	for _, a := range l.Accounts() {
		if bal[a] != 0 {
			fmt.Fprintf(&sb, "%-32s %14s\n", a, bal[a].String()) // ok ML11 ML05
		}
	}
	return sb.String()
}
