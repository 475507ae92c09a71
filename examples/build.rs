//! Tells the tests which servers there are, so that those without one are shown as ignored, and never as
//! passed.

use std::env;

fn main() {
    for (variable, cfg) in [("POSTGRES_URL", "postgres_url"), ("NATS_URL", "nats_url")] {
        println!("cargo::rustc-check-cfg=cfg({cfg})");
        println!("cargo::rerun-if-env-changed={variable}");
        if env::var_os(variable).is_some() {
            println!("cargo::rustc-cfg={cfg}");
        }
    }
}
