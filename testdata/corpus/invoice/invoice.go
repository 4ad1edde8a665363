// Package invoice turns shopping carts into priced invoices and prints them.
package invoice

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Cents is an amount of money.
type Cents int64

// Append writes the amount as "12.34" to dst.
func (c Cents) Append(dst []byte) []byte {
	if c < 0 {
		dst = append(dst, '-')
		c = -c
	}
	dst = strconv.AppendInt(dst, int64(c/100), 10)
	return append(dst, '.', byte('0'+c/10%10), byte('0'+c%10))
}

// Item is a position of a cart.
type Item struct {
	SKU   string
	Title string
	Count int
	Unit  Cents
	Class TaxClass
}

// TaxClass names a rate of tax.
type TaxClass uint8

// The classes of tax.
const (
	Standard TaxClass = iota
	Reduced
	Books
	Exempt
)

var perMille = [...]Cents{Standard: 190, Reduced: 70, Books: 50, Exempt: 0}

// Cart is what a customer wants to buy.
type Cart struct {
	Customer string
	Items    []Item
}

// Position is a priced line of an invoice.
type Position struct {
	No    int
	Title string
	Count int
	Net   Cents
	Tax   Cents
}

// TaxSum is the tax of one class.
type TaxSum struct {
	Class TaxClass
	Sum   Cents
}

// Invoice is a priced cart.
type Invoice struct {
	Number    string
	Customer  string
	Date      time.Time
	Positions []Position
	Taxes     []TaxSum
	Net       Cents
}

// Issuer numbers invoices.
type Issuer struct {
	Prefix string
	next   int
	clock  func() time.Time
}

// NewIssuer starts numbering at first.
func NewIssuer(prefix string, first int, clock func() time.Time) *Issuer {
	return &Issuer{Prefix: prefix, next: first, clock: clock}
}

var errEmpty = errors.New("invoice: empty cart")

// Issue prices a cart.
func (is *Issuer) Issue(c *Cart) (*Invoice, error) {
	if len(c.Items) == 0 {
		return nil, errEmpty
	}
	inv := &Invoice{
		Number:   is.Prefix + strconv.Itoa(is.next),
		Customer: c.Customer,
		Date:     is.clock(),
	}
	is.next++
	for i := range c.Items {
		if err := inv.add(&c.Items[i]); err != nil {
			return nil, fmt.Errorf("invoice: %s: %w", c.Customer, err)
		}
	}
	slices.SortFunc(inv.Taxes, func(a, b TaxSum) int { return cmp.Compare(a.Class, b.Class) })
	return inv, nil
}

func (inv *Invoice) add(it *Item) error {
	if it.Count <= 0 || int(it.Class) >= len(perMille) {
		return fmt.Errorf("bad item %q", it.SKU)
	}
	net := it.Unit * Cents(it.Count)
	tax := net * perMille[it.Class] / 1000
	inv.Positions = append(inv.Positions, Position{ // want ML01
		No:    len(inv.Positions) + 1,
		Title: it.Title,
		Count: it.Count,
		Net:   net,
		Tax:   tax,
	})
	inv.Net += net
	inv.addTax(it.Class, tax)
	return nil
}

func (inv *Invoice) addTax(class TaxClass, sum Cents) {
	for i := range inv.Taxes {
		if inv.Taxes[i].Class == class {
			inv.Taxes[i].Sum += sum
			return
		}
	}
	inv.Taxes = append(inv.Taxes, TaxSum{class, sum}) // ok ML01
}

// Text prints the invoice for a mail.
func (inv *Invoice) Text() string {
	out := "Invoice " + inv.Number + "\n" + inv.Customer + "\n\n"
	for i := range inv.Positions {
		p := &inv.Positions[i]
		out += fmt.Sprintf("%3d  %-32s %4d %12s\n", p.No, p.Title, p.Count, money(p.Net)) // want ML04 ok ML11 ML05
	}
	for _, t := range inv.Taxes {
		out += "tax " + strconv.Itoa(int(perMille[t.Class]/10)) + "%: " + money(t.Sum) + "\n" // ok ML04 ML11
	}
	return out + "net " + money(inv.Net) + "\n"
}

func money(c Cents) string {
	var tmp [24]byte
	return string(c.Append(tmp[:0])) // ok ML11
}

// Batch issues invoices for all carts; the carts that fail are named in the error.
func (is *Issuer) Batch(carts []Cart) ([]*Invoice, error) {
	out := make([]*Invoice, 0, len(carts))
	var failed []string
	for i := range carts {
		inv, err := is.Issue(&carts[i])
		if err != nil {
			failed = append(failed, carts[i].Customer)
			continue
		}
		out = append(out, inv)
	}
	if len(failed) > 0 {
		return out, fmt.Errorf("invoice: no invoice for %s", strings.Join(failed, ", "))
	}
	return out, nil
}

// Ledger writes one line for each invoice, for the book-keeping.
func Ledger(dst []byte, invs []*Invoice) []byte {
	for _, inv := range invs {
		dst = inv.Date.AppendFormat(dst, time.DateOnly)
		dst = append(dst, '\t')
		dst = append(dst, inv.Number...)
		dst = append(dst, '\t')
		dst = inv.Net.Append(dst)
		for _, t := range inv.Taxes {
			dst = append(dst, '\t')
			dst = t.Sum.Append(dst)
		}
		dst = append(dst, '\n')
	}
	return dst
}
