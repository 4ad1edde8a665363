package pathmux

// Clean gives the shortest path equal to p. It begins with a slash and keeps one at the end.
func Clean(p string) string {
	if isClean(p) {
		return p
	}
	var small [128]byte
	buf := small[:0]
	if len(p) >= len(small) {
		buf = make([]byte, 0, len(p)+1)
	}
	for i := 0; i < len(p); {
		j := i
		for j < len(p) && p[j] != '/' {
			j++
		}
		switch part := p[i:j]; part {
		case "", ".":
		case "..":
			for len(buf) > 0 {
				last := buf[len(buf)-1]
				buf = buf[:len(buf)-1]
				if last == '/' {
					break
				}
			}
		default:
			buf = append(buf, '/')
			buf = append(buf, part...)
		}
		i = j + 1
	}
	if p != "" && p[len(p)-1] == '/' || len(buf) == 0 {
		buf = append(buf, '/')
	}
	return string(buf)
}

func isClean(p string) bool {
	if p == "" || p[0] != '/' {
		return false
	}
	for i := 1; i < len(p); i++ {
		if p[i-1] != '/' {
			continue
		}
		if p[i] == '/' {
			return false
		}
		if p[i] == '.' && (i+1 == len(p) || p[i+1] == '/' || p[i+1] == '.') {
			return false
		}
	}
	return true
}
