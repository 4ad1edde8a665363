//! Files by the names that profiles have for them.

use std::fs;
use std::path::PathBuf;

use super::*;

/// A tree of files with their package clauses as text; go.mod files get a module line.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    folder
}

/// The path below the root of what a name finds.
fn find(sources: &Sources, root: &Path, name: &str, package: &str) -> Result<PathBuf, NotRead> {
    let root = root.canonicalize().expect("the root");
    sources.file(name, package).map(|file| {
        file.path()
            .strip_prefix(&root)
            .unwrap_or(file.path())
            .to_owned()
    })
}

#[test]
fn names_of_profiles() {
    let folder = tree(&[
        (
            "go.mod",
            "// about\nmodule example.com/app/v2 // this\n\ngo 1.24\n",
        ),
        ("main.go", "package main\n"),
        ("cmd/tool/main.go", "package main\n"),
        ("store/store.go", "package store\n"),
        ("store/store_test.go", "package store_test\n"),
        ("internal/store/store.go", "package store\n"),
        ("internal/store/only.go", "package store\n"),
        ("fmt/print.go", "package fmt\n"),
        ("sub/go.mod", "module \"example.com/sub\"\n"),
        ("sub/store/store.go", "package store\n"),
        (
            "vendor/github.com/BurntSushi/toml/decode.go",
            "package toml\n",
        ),
        ("vendor/github.com/a/b/store.go", "package b\n"),
        ("store/testdata/gen/gen.go", "package gen\n"),
        (".git/hidden.go", "package hidden\n"),
        ("node_modules/x/x.go", "package x\n"),
        ("yaml.v3/yaml.go", "package yaml\n"),
    ]);
    let root = folder.path();
    let sources = Sources::new(Options::new(root));
    assert_eq!(sources.module(), Some("example.com/app/v2"));
    for (name, package, expected) in [
        // Another machine's folders: the package says where it is.
        (
            "/build/x/store/store.go",
            "example.com/app/v2/store",
            "store/store.go",
        ),
        (
            "/build/x/internal/store/store.go",
            "example.com/app/v2/internal/store",
            "internal/store/store.go",
        ),
        (
            "/build/x/store/store.go",
            "example.com/sub/store",
            "sub/store/store.go",
        ),
        (
            "/build/x/store/store_test.go",
            "example.com/app/v2/store_test",
            "store/store_test.go",
        ),
        (
            "/build/x/store/store_test.go",
            "example.com/app/v2/store.test",
            "store/store_test.go",
        ),
        (
            "C:\\build\\store\\store.go",
            "example.com/app/v2/store",
            "store/store.go",
        ),
        (
            "/b/yaml.v3/yaml.go",
            "example.com/app/v2/yaml%2ev3",
            "yaml.v3/yaml.go",
        ),
        // -trimpath.
        (
            "example.com/app/v2/store/store.go",
            "example.com/app/v2/store",
            "store/store.go",
        ),
        ("example.com/app/v2/main.go", "main", "main.go"),
        (
            "example.com/app/v2/cmd/tool/main.go",
            "main",
            "cmd/tool/main.go",
        ),
        // Programs: the end of the name.
        ("/build/app/cmd/tool/main.go", "main", "cmd/tool/main.go"),
        // Another module path, as of a renamed repository.
        (
            "/go/src/example.com/old/internal/store/store.go",
            "example.com/old/internal/store",
            "internal/store/store.go",
        ),
        ("/x/internal/store/only.go", "", "internal/store/only.go"),
        // The module as somebody's dependency.
        (
            "/go/pkg/mod/example.com/app/v2@v2.1.0/store/store.go",
            "example.com/app/v2/store",
            "store/store.go",
        ),
        (
            "example.com/app/v2@v2.1.0/store/store.go",
            "",
            "store/store.go",
        ),
        // Vendored.
        (
            "/go/pkg/mod/github.com/!burnt!sushi/toml@v1.3.2/decode.go",
            "github.com/BurntSushi/toml",
            "vendor/github.com/BurntSushi/toml/decode.go",
        ),
        (
            "github.com/BurntSushi/toml@v1.3.2/decode.go",
            "github.com/BurntSushi/toml",
            "vendor/github.com/BurntSushi/toml/decode.go",
        ),
        (
            "/build/app/vendor/github.com/a/b/store.go",
            "example.com/app/v2/vendor/github.com/a/b",
            "vendor/github.com/a/b/store.go",
        ),
        (
            "/x/store/testdata/gen/gen.go",
            "example.com/app/v2/store/testdata/gen",
            "store/testdata/gen/gen.go",
        ),
    ] {
        let found = find(&sources, root, name, package);
        assert_eq!(found, Ok(PathBuf::from(expected)), "{name} of {package}");
    }
    for (name, package, reason) in [
        ("parser.go.y", "example.com/app/v2", NotRead::NoGoFile),
        ("<autogenerated>", "example.com/app/v2", NotRead::NoGoFile),
        ("", "", NotRead::NoGoFile),
        ("/build/../../etc/x.go", "main", NotRead::NoGoFile),
        (
            "/usr/local/go/src/fmt/print.go",
            "fmt",
            NotRead::StandardLibrary,
        ),
        ("fmt/print.go", "fmt", NotRead::StandardLibrary),
        (
            "/m/pkg/mod/golang.org/toolchain@v0.0.1-go1.24.1.linux-amd64/src/fmt/print.go",
            "fmt",
            NotRead::StandardLibrary,
        ),
        (
            "/go/pkg/mod/github.com/c/d@v1.0.0/d.go",
            "github.com/c/d",
            NotRead::Dependency,
        ),
        ("/build/x/none.go", "example.com/app/v2", NotRead::NotFound),
        (
            "/build/other/print.go",
            "example.com/other",
            NotRead::NotFound,
        ),
        ("/build/.git/hidden.go", "hidden", NotRead::NotFound),
        (
            "/build/store.go",
            "example.com/old",
            NotRead::Ambiguous { files: 4 },
        ),
    ] {
        assert_eq!(
            find(&sources, root, name, package),
            Err(reason),
            "{name} of {package}"
        );
    }
    let own = root.canonicalize().expect("root").join("store/store.go");
    let own = own.to_str().expect("UTF-8");
    assert_eq!(
        find(&sources, root, own, ""),
        Ok(PathBuf::from("store/store.go"))
    );
}

#[test]
fn a_file_beside_go_mod_needs_its_package() {
    let folder = tree(&[
        ("util.go", "package app\n"),
        ("go.mod", "module example.com/app\n"),
    ]);
    let sources = Sources::new(Options::new(folder.path()));
    let found = |package| {
        sources
            .file("/build/elsewhere/util.go", package)
            .map(|_| ())
    };
    assert_eq!(found("example.com/old/app"), Ok(()));
    assert_eq!(found("github.com/quite/other"), Err(NotRead::NotFound));
    assert_eq!(found("main"), Err(NotRead::NotFound));
}

#[test]
fn the_standard_library_and_the_module_cache_when_asked_for() {
    let folder = tree(&[
        ("app/go.mod", "module example.com/app\n"),
        ("go/src/fmt/print.go", "package fmt\n"),
        (
            "mod/github.com/!burnt!sushi/toml@v1.3.2/decode.go",
            "package toml\n",
        ),
    ]);
    let root = folder.path();
    let sources = Sources::new(Options {
        goroot: Some(root.join("go")),
        module_cache: Some(root.join("mod")),
        ..Options::new(root.join("app"))
    });
    for (name, package, expected) in [
        (
            "/usr/local/go/src/fmt/print.go",
            "fmt",
            "go/src/fmt/print.go",
        ),
        (
            "github.com/BurntSushi/toml@v1.3.2/decode.go",
            "github.com/BurntSushi/toml",
            "mod/github.com/!burnt!sushi/toml@v1.3.2/decode.go",
        ),
    ] {
        assert_eq!(
            find(&sources, root, name, package),
            Ok(PathBuf::from(expected)),
            "{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out() {
    let outside = tree(&[("secret.go", "package secret\n"), ("secret.txt", "x")]);
    let folder = tree(&[("go.mod", "module m\n"), ("in/real.go", "package in\n")]);
    let root = folder.path();
    let link = |from: &str, to: &Path| {
        std::os::unix::fs::symlink(to, root.join(from)).expect("a link");
    };
    link("secret.go", &outside.path().join("secret.go"));
    link("text.go", &outside.path().join("secret.txt"));
    link("same.go", &root.join("in/real.go"));
    link("dangling.go", &root.join("nothing.go"));
    link("folder", outside.path());
    fs::create_dir(root.join("folder.go")).expect("a folder");
    let sources = Sources::new(Options::new(root));
    let found = |name: &str| find(&sources, root, name, "m");
    assert_eq!(found("/m/secret.go"), Err(NotRead::Outside));
    assert_eq!(found("/m/text.go"), Err(NotRead::Outside));
    assert_eq!(found("/m/same.go"), Ok(PathBuf::from("in/real.go")));
    assert!(matches!(found("/m/dangling.go"), Err(NotRead::Io(_))));
    assert_eq!(found("/m/folder.go"), Err(NotRead::NotFound));
    assert!(found("/m/folder/secret.go").is_err());
    let literal = root.canonicalize().expect("root").join("secret.go");
    assert_eq!(
        found(literal.to_str().expect("UTF-8")),
        Err(NotRead::Outside)
    );
}

#[test]
fn limits() {
    let folder = tree(&[
        ("go.mod", "module m\n"),
        ("a.go", "package m\nvar x = 1\n"),
        ("b.go", "package m\n"),
    ]);
    let small = Sources::new(Options {
        max_file_bytes: 12,
        ..Options::new(folder.path())
    });
    assert_eq!(
        small.file("a.go", "m").map(|_| ()),
        Err(NotRead::TooLarge { limit: 12 })
    );
    assert!(small.file("b.go", "m").is_ok());
    let few = Sources::new(Options {
        max_files: 1,
        ..Options::new(folder.path())
    });
    assert!(few.file("a.go", "m").is_ok());
    assert_eq!(
        few.file("b.go", "m").map(|_| ()),
        Err(NotRead::TooMany { limit: 1 })
    );
    assert!(few.file("a.go", "m").is_ok());
    let little = Sources::new(Options {
        max_total_bytes: 29,
        ..Options::new(folder.path())
    });
    assert!(little.file("a.go", "m").is_ok());
    assert_eq!(
        little.file("b.go", "m").map(|_| ()),
        Err(NotRead::TooMuch { limit: 29 })
    );
    let truncated = Sources::new(Options {
        max_entries: 1,
        ..Options::new(folder.path())
    });
    assert!(truncated.is_truncated());
    let nowhere = Sources::new(Options::new(folder.path().join("none")));
    assert_eq!(
        nowhere.file("a.go", "m").map(|_| ()),
        Err(NotRead::NotFound)
    );
}

#[test]
fn packages_of_folders() {
    let folder = tree(&[
        ("go.mod", "module m\n"),
        ("a.go", "package m\nfunc F() []rows { return nil }\n"),
        ("b.go", "package m\ntype rows []int\n"),
        ("tool.go", "package main\ntype tool int\n"),
        ("b_test.go", "package m\ntype helper int\n"),
    ]);
    let sources = Sources::new(Options::new(folder.path()));
    let file = sources.file("a.go", "m").expect("a.go");
    let package = sources.package(&file);
    assert_eq!(package.files().len(), 2);
    assert_eq!(package.underlying("rows"), "[]int");
    assert!(!package.has_type("helper") && !package.has_type("tool"));
    assert!(Rc::ptr_eq(&package, &sources.package(&file)));
    let test = sources.file("b_test.go", "m").expect("b_test.go");
    assert!(sources.package(&test).has_type("helper"));
    assert!(test.is_test());
}

#[test]
fn main_modules() {
    let folder = tree(&[
        ("go.mod", "module example.com/m\n"),
        ("a/b/c.go", "package b\n"),
    ]);
    let (root, module) = main_module(&folder.path().join("a/b")).expect("a module");
    assert_eq!(module, "example.com/m");
    assert_eq!(root, folder.path().canonicalize().expect("root"));
}
