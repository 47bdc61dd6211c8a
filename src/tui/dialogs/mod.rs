//! How a person is asked: menus and forms. They know no AWS.

pub mod form;
pub mod form_draw;
pub mod frame;
pub mod menu;
pub mod menu_draw;
