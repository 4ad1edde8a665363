package render

import (
	"strconv"
	"strings"
	"testing"
	"text/template"
)

var pages []string

func page(rows int) Node {
	var list Fragment
	for i := range rows {
		list = append(list, &Element{
			Name:     "li",
			Attrs:    []Attr{{"id", i}, {"class", "row"}, {"ratio", float64(i) / 7}},
			Children: []Node{Text("row <" + strconv.Itoa(i) + ">"), &Element{Name: "b", Children: []Node{Text("a & b")}}},
		})
	}
	return &Element{Name: "ul", Children: []Node{list}}
}

func BenchmarkRender(b *testing.B) {
	b.ReportAllocs()
	pages = nil
	tree := page(40)
	for range b.N {
		text, err := String(tree)
		if err != nil {
			b.Fatal(err)
		}
		pages = append(pages, text)
	}
}

func BenchmarkTemplate(b *testing.B) {
	b.ReportAllocs()
	row := template.Must(template.New("rows").Parse(`{{range .}}<li>{{.}}</li>{{end}}`))
	for range b.N {
		var out strings.Builder
		if err := row.Execute(&out, []int{1, 2, 3, 500, 8000}); err != nil {
			b.Fatal(err)
		}
	}
}
