// Package inventory keeps the stock of a warehouse.
package inventory

import (
	"errors"
	"fmt"
	"time"
)

// Dims are the measures of a thing, in millimetres and grams.
type Dims struct{ Width, Height, Depth, Weight int32 }

// Item is what lies in one bin.
type Item struct {
	SKU      string
	Name     string
	Bin      string
	Supplier string
	Lot      string
	Qty      int
	Reserved int
	Reorder  int
	Price    int64
	Box      Dims
	Received time.Time
	Expires  time.Time
	Marks    [6]uint16
}

// Free is how much may still be sold.
func (it *Item) Free() int { return it.Qty - it.Reserved }

// Check is a rule that records must keep to; v is an Item or an Order.
type Check interface {
	Verify(v any) error
}

// CheckFunc is a function used as a Check.
type CheckFunc func(v any) error

// Verify calls f.
func (f CheckFunc) Verify(v any) error { return f(v) }

// Errors of the usual checks.
var (
	ErrNegative = errors.New("inventory: negative quantity")
	ErrExpired  = errors.New("inventory: expired")
	ErrNoBin    = errors.New("inventory: no bin")
)

// Quantities refuses records with less than nothing in them.
func Quantities() Check {
	return CheckFunc(func(v any) error {
		switch r := v.(type) {
		case Item:
			if r.Qty < 0 || r.Reserved < 0 {
				return fmt.Errorf("%s: %w", r.SKU, ErrNegative)
			}
		case Order:
			if r.Qty <= 0 {
				return fmt.Errorf("order %d: %w", r.ID, ErrNegative)
			}
		}
		return nil
	})
}

// Fresh refuses items which expired before day.
func Fresh(day time.Time) Check {
	return CheckFunc(func(v any) error {
		if it, ok := v.(Item); ok && !it.Expires.IsZero() && it.Expires.Before(day) {
			return fmt.Errorf("%s: %w", it.SKU, ErrExpired)
		}
		return nil
	})
}
