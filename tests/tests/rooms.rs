//! The rooms of the runtime: every import points down, and none runs in a circle.
//!
//! The table of rooms is the one in CONTRIBUTING.md, read from top to bottom. Rooms on the same
//! line do not know each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, iter,
    path::{Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, ItemMod, ItemUse, Macro, UseTree, VisRestricted,
    visit::{self, Visit},
};

/// The path of a module, without the crate: `["sql", "seek"]`.
type Module = Vec<String>;

/// The modules that each module imports.
type Imports = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn every_import_points_down() {
    let rooms = rooms();
    let place = |module: &Module| {
        let room = module.first().map_or("lib", String::as_str);
        let place = rooms.iter().position(|line| line.iter().any(|name| name == room));
        place.unwrap_or_else(|| panic!("`{room}` is not in the table of rooms in CONTRIBUTING.md"))
    };
    let up: Vec<_> = edges(&imports())
        .filter(|(from, to)| from.first() != to.first() && place(from) >= place(to))
        .map(|(from, to)| format!("{} uses {}", from.join("::"), to.join("::")))
        .collect();
    assert!(up.is_empty(), "imports that do not point down:\n{}", up.join("\n"));
}

#[test]
fn no_import_runs_in_a_circle() {
    let imports = imports();
    let circles: Vec<_> = edges(&imports)
        .filter(|(from, to)| reachable(&imports, to).contains(from))
        .map(|(from, to)| format!("{} uses {}", from.join("::"), to.join("::")))
        .collect();
    assert!(circles.is_empty(), "imports that are part of a circle:\n{}", circles.join("\n"));
}

/// A folder that is missing from the table does not go unnoticed.
#[test]
fn every_room_is_in_the_table() {
    let named: BTreeSet<_> = rooms().into_iter().flatten().collect();
    let found: BTreeSet<_> =
        imports().keys().map(|module| module.first().cloned().unwrap_or("lib".into())).collect();
    assert_eq!(found, named);
}

/// Returns the lines of the table in CONTRIBUTING.md, each with the rooms that it names.
fn rooms() -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("CONTRIBUTING.md");
    let (_, table) = text.split_once("## Rooms").expect("a section about rooms");
    let table = table.split("```").nth(1).expect("a table of rooms");
    let room = |word: &str| word.strip_suffix('/').or(word.strip_suffix(".rs")).map(str::to_owned);
    table.lines().skip(1).map(|line| line.split_whitespace().map_while(room).collect()).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn edges(imports: &Imports) -> impl Iterator<Item = (&Module, &Module)> {
    imports.iter().flat_map(|(from, all)| iter::repeat(from).zip(all))
}

fn reachable<'i>(imports: &'i Imports, from: &Module) -> BTreeSet<&'i Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = imports[from].iter().collect();
    while let Some(module) = open.pop() {
        if reached.insert(module) {
            open.extend(&imports[module]);
        }
    }
    reached
}

fn imports() -> Imports {
    let source = root().join("runtime/src");
    let mut files = BTreeMap::new();
    collect(&source, &mut Vec::new(), &mut files);
    let modules: BTreeSet<_> = files.keys().cloned().collect();
    files
        .into_iter()
        .map(|(module, path)| {
            let text = fs::read_to_string(&path).expect("a source file");
            let file = syn::parse_file(&text).expect("Rust");
            let mut uses =
                Uses { within: module.clone(), modules: &modules, found: BTreeSet::new() };
            uses.visit_file(&file);
            uses.found.remove(&module);
            (module, uses.found)
        })
        .collect()
}

/// Collects all source files of a folder, except those of unit tests.
fn collect(folder: &Path, module: &mut Module, files: &mut BTreeMap<Module, PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            module.push(name);
            collect(&path, module, files);
            module.pop();
        } else if name != "tests" {
            let own = (name != "mod" && name != "lib").then_some(name);
            files.insert(module.iter().cloned().chain(own).collect(), path);
        }
    }
}

/// Finds the modules that a file names.
struct Uses<'m> {
    within: Module,
    modules: &'m BTreeSet<Module>,
    found: BTreeSet<Module>,
}

impl Uses<'_> {
    /// Records a path, if it is one of this crate.
    fn note(&mut self, path: &[String]) {
        let Some((first, rest)) = path.split_first() else { return };
        let mut module = match first.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.within.clone(),
            _ => return,
        };
        if first == "super" {
            module.pop();
        }
        for part in rest {
            if part == "super" {
                module.pop();
            } else {
                module.push(part.clone());
            }
        }
        // The last name in the path is an item of the module, or of one around it.
        while !self.modules.contains(&module) && module.pop().is_some() {}
        self.found.insert(module);
    }

    fn note_tree(&mut self, tree: &UseTree, path: &mut Vec<String>) {
        match tree {
            UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.note_tree(&part.tree, path);
                path.pop();
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.note_tree(tree, path));
            }
            UseTree::Name(name) => self.note(&with(path, &name.ident)),
            UseTree::Rename(rename) => self.note(&with(path, &rename.ident)),
            UseTree::Glob(_) => self.note(path),
        }
    }

    /// Macros name modules by `$crate::`.
    fn note_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if ident == "crate" => path = vec!["crate".to_owned()],
                TokenTree::Ident(ident) => path.push(ident.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == ':' => {}
                other => {
                    self.note(&std::mem::take(&mut path));
                    if let TokenTree::Group(group) = other {
                        self.note_tokens(group.stream());
                    }
                }
            }
        }
        self.note(&path);
    }
}

fn with(path: &[String], ident: &proc_macro2::Ident) -> Vec<String> {
    // `self` at the end of a group is the module itself.
    let last = Some(ident.to_string()).filter(|last| last != "self" || path.is_empty());
    path.iter().cloned().chain(last).collect()
}

fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        matches!(&attr.meta, syn::Meta::List(list)
            if list.path.is_ident("cfg") && list.tokens.to_string() == "test")
    })
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.note_tree(&item.tree, &mut Vec::new());
    }

    /// `pub(crate)` does not import a module.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let path_of_names: Vec<_> =
            path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.note(&path_of_names);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.note_tokens(call.tokens.clone());
    }
}
