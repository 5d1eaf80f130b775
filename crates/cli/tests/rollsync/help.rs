//! The texts behind `--help`.

use crate::session::Session;
use insta::assert_snapshot;

#[test]
fn the_program() {
    assert_snapshot!(Session::new().run("rollsync --help").run("rollsync").transcript());
}

#[test]
fn signature() {
    assert_snapshot!(Session::new().run("rollsync signature --help").transcript());
}

#[test]
fn delta() {
    assert_snapshot!(Session::new().run("rollsync delta --help").transcript());
}

#[test]
fn patch() {
    assert_snapshot!(Session::new().run("rollsync patch --help").transcript());
}

#[test]
fn diff() {
    assert_snapshot!(Session::new().run("rollsync diff --help").run("rollsync diff -h").transcript());
}

#[test]
fn verify() {
    assert_snapshot!(Session::new().run("rollsync verify --help").transcript());
}

#[test]
fn info() {
    assert_snapshot!(Session::new().run("rollsync info --help").transcript());
}
