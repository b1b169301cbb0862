//! Who works here: accounts, people, teams, products and who may see them.

pub mod access;
pub mod accounts;
pub mod audience;
pub mod charters;
pub mod contacts;
pub mod digests;
pub mod door_mail;
pub mod mail;
pub mod members;
pub mod notify;
pub mod nouns;
pub mod one_time;
pub mod parts;
pub mod policies;
pub mod products;
pub mod responsibilities;
pub mod sign_in;
pub mod teams;
pub mod tidy;
pub mod tokens;
pub mod topology;
