package stencil

import (
	"fmt"
	"strings"
	"testing"
)

var (
	page string
	tmpl *Template
)

const invoiceText = `Dear {{name}},
your order {{order.id}} of {{order.date}} has {{count}} lines.
{{#each items as it}}{{index}}. {{it.title}}, {{it.price}} a piece{{#if it.note}} ({{it.note}}){{/if}}
{{/each}}
{{#if paid}}It has been paid.{{/if}}
`

func BenchmarkRender(b *testing.B) {
	t, err := Parse("invoice", invoiceText)
	if err != nil {
		b.Fatal(err)
	}
	var items []any
	for i := range 20 {
		items = append(items, map[string]any{"title": fmt.Sprintf("Part <%d>", i), "price": 1.5 * float64(i+1), "note": []any{"", "new"}[i%2]})
	}
	data := map[string]any{
		"name": "Ada", "count": len(items), "items": items, "paid": true,
		"order": map[string]any{"id": 20931, "date": "2025-03-01"},
		"shop":  "north", "currency": "EUR", "locale": "en", "contact": "desk", "terms": "30 days",
	}
	for b.Loop() {
		if page, err = t.Render(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	src := strings.Repeat(invoiceText, 3)
	var err error
	for b.Loop() {
		if tmpl, err = Parse("invoice", src); err != nil {
			b.Fatal(err)
		}
	}
}
