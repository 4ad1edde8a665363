package flowcap

import (
	"cmp"
	"errors"
	"io"
	"slices"
)

// Key tells flows apart.
type Key struct {
	Src, Dst [4]byte
	Port     uint16
}

// Flow is all traffic between two hosts on a port.
type Flow struct {
	Key
	First, Last uint32
	Packets     int
	Bytes       int64
	// Banner is how the first packet starts, which mostly names the protocol.
	Banner []byte
	// Sizes is a histogram of packet sizes by powers of two.
	Sizes []uint32
}

const (
	bannerLen = 16
	sizeBins  = 17
)

// Table holds the flows of a capture.
type Table struct {
	flows map[Key]*Flow
}

// NewTable returns a table for about n flows.
func NewTable(n int) *Table {
	return &Table{flows: make(map[Key]*Flow, n)}
}

// Read takes in all packets of a capture.
func (t *Table) Read(src io.Reader) error {
	r, err := NewReader(src)
	if err != nil {
		return err
	}
	for {
		p, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		t.add(&p)
	}
}

func (t *Table) add(p *Packet) {
	k := Key{p.Src, p.Dst, p.Port}
	f, ok := t.flows[k]
	if !ok {
		f = &Flow{
			Key:    k,
			First:  p.Seconds,
			Banner: p.Data[:min(bannerLen, len(p.Data))], // alt ML02
			Sizes:  make([]uint32, sizeBins),
		}
		t.flows[k] = f
	}
	f.Last = max(f.Last, p.Seconds)
	f.Packets++
	f.Bytes += int64(len(p.Data))
	bin := 0
	for n := len(p.Data); n > 0 && bin < sizeBins-1; n >>= 1 {
		bin++
	}
	f.Sizes[bin]++
}

// Heaviest returns the n flows with the most bytes.
func (t *Table) Heaviest(n int) []*Flow {
	all := make([]*Flow, 0, len(t.flows))
	for _, f := range t.flows {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *Flow) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), slices.Compare(a.Src[:], b.Src[:]), slices.Compare(a.Dst[:], b.Dst[:]))
	})
	return all[:min(n, len(all))]
}

// PerHost sums bytes by source.
func (t *Table) PerHost() map[[4]byte]int64 {
	sums := make(map[[4]byte]int64) // ok ML09
	for k, f := range t.flows {
		sums[k.Src] += f.Bytes // ok ML09
	}
	return sums
}

// Quantile returns the size of packet that a share q of the flow's packets does not exceed.
func (f *Flow) Quantile(q float64) int {
	want := q * float64(f.Packets)
	sum := 0.0
	for bin, n := range f.Sizes {
		if sum += float64(n); sum >= want {
			return 1 << bin
		}
	}
	return 1 << sizeBins
}
