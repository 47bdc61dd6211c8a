//! What people use today, as far as it is on this computer: the AWS CLI and boto3.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// A script for boto3, in Python.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/support/peer.py");

/// A program of others.
pub(crate) struct Peer {
    /// Its file.
    pub(crate) program: PathBuf,
    /// What it says that it is.
    pub(crate) version: String,
}

/// The AWS CLI, if it is there.
pub(crate) fn aws() -> Option<Peer> {
    let program = on_path("aws")?;
    let version = said(&program, &["--version"])?;
    let version = version
        .split_whitespace()
        .take(2)
        .collect::<Vec<_>>()
        .join(" ");
    Some(Peer { program, version })
}

/// A Python that has boto3, if it is there.
pub(crate) fn boto3() -> Option<Peer> {
    let program = on_path("python3")?;
    let asked = "import boto3, platform; print('boto3', boto3.__version__, 'Python', platform.python_version())";
    let version = said(&program, &["-c", asked])?;
    Some(Peer { program, version })
}

/// The script's file.
pub(crate) const fn script() -> &'static str {
    SCRIPT
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let mut files = env::split_paths(&path).map(|folder| folder.join(name));
    files.find(|file| file.is_file())
}

fn said(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
