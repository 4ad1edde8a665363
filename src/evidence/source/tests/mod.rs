//! Small Go files, and what is known of their lines.

use std::path::Path;
use std::rc::Rc;

use super::*;

mod exits;
mod flow;
mod hostile;
mod locate;
mod operations;
mod package;

fn file(text: &str) -> Rc<SourceFile> {
    let parsed = SourceFile::parse(Path::new("file.go"), text.as_bytes(), None);
    Rc::new(parsed.expect("parsed in time"))
}

fn alone(text: &str) -> (Rc<SourceFile>, Package) {
    let file = file(text);
    let package = Package::new(vec![Rc::clone(&file)]);
    (file, package)
}

/// The first line that has `mark`.
fn line_of(file: &SourceFile, mark: &str) -> u32 {
    (1..=file.line_count())
        .find(|&line| file.line(line).unwrap_or_default().contains(mark))
        .expect(mark)
}

/// A file in which `body` is the body of a method; the line asked for has `//@`.
fn wrapped(body: &str) -> String {
    format!(
        "package p\n\nimport (\n\t\"container/heap\"\n\tstr \"fmt\"\n\t\"compress/gzip\"\n\t\"strings\"\n)\n\n\
         type rows []row\ntype row struct{{ id int; name string; any any }}\ntype set map[string]bool\n\
         type sink interface {{ put(n int, v any) }}\n\
         type T struct{{ items []row; byName map[string]*row; buf []byte; v interface{{ M() }} }}\n\
         func (t *T) method() {{}}\nfunc (t T) value() string {{ return \"\" }}\n\
         func takes(n int, v any, more ...any) {{}}\nfunc names() []string {{ return nil }}\nvar table []row\n\
         func (t *T) f(n int, s string, b []byte, ids []int, arr [4]int, to sink, m map[string]int, ch chan row, a any) (out []string, err error) {{\n{body}\n\treturn\n}}\n"
    )
}
