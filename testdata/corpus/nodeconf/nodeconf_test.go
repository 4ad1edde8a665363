package nodeconf

import (
	"fmt"
	"strings"
	"testing"
)

var (
	doc  map[string]any
	flat map[string]string
)

func document(nodes int) string {
	var sb strings.Builder
	sb.WriteString("cluster: north\nlimits:\n  memory: 4096\n  cpus: 12\n  files: 65536\nnodes:\n")
	for i := range nodes {
		fmt.Fprintf(&sb, "  - name: node-%02d\n    address: 10.1.%d.%d\n    weight: %d\n    active: yes\n    zone: z%d\n", i, i/250, i%250, 1000+i*7, i%3)
		sb.WriteString("    rack: \"r 17\"\n    owner: storage\n    ports: 7000\n    since: 2021\n    kernel: 6.1.80\n    disks:\n")
		for d := range 14 {
			fmt.Fprintf(&sb, "      - /dev/disk/by-id/nvme-%d-%d\n", i, d)
		}
		sb.WriteString("    labels:\n      role: data\n      arch: arm64\n")
	}
	return sb.String()
}

func BenchmarkDecode(b *testing.B) {
	src := document(40)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		d, err := Decode(src)
		if err != nil {
			b.Fatal(err)
		}
		doc = d
	}
}

func BenchmarkFlatten(b *testing.B) {
	d, err := Decode(document(40))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		flat = Flatten(d)
	}
}
