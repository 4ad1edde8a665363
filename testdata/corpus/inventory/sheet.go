package inventory

// Sheet is the stock as columns, for those who want to compute with it.
type Sheet struct {
	SKU   []string
	Free  []int32
	Worth []int64
}

// Sheet returns the columns of all items.
func (s *Stock) Sheet() *Sheet {
	t := new(Sheet)
	for i := range s.items {
		t.add(&s.items[i])
	}
	return t
}

func (t *Sheet) add(it *Item) {
	t.SKU = append(t.SKU, it.SKU)                     // want ML01
	t.Free = append(t.Free, int32(it.Free()))         // alt ML01
	t.Worth = append(t.Worth, it.Price*int64(it.Qty)) // alt ML01
}

// Total adds up the last column.
func (t *Sheet) Total() (sum int64) {
	for _, w := range t.Worth {
		sum += w
	}
	return sum
}
