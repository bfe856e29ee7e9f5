//! Recorded responses of real services, against the models of the catalogue's
//! release.
