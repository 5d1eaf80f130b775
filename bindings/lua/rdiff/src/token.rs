//! `cancel_token()`.

use crate::Module;
use mlua::{UserData, UserDataMethods};
use rollsync::CancelToken;

/// Cancels the work that it was given to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Token(pub(crate) CancelToken);

impl UserData for Token {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("cancel", |_, token, ()| {
            token.0.cancel();
            Ok(())
        });
        methods.add_method("is_cancelled", |_, token, ()| Ok(token.0.is_cancelled()));
    }
}

pub(crate) fn register(module: &mut Module<'_>) -> mlua::Result<()> {
    module.function("cancel_token", |lua, _, _| Ok(lua.create_userdata(Token::default())?))
}
