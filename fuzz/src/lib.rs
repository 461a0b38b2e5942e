//! What the targets have in common.

use std::cell::OnceCell;
use std::path::Path;

use tempfile::TempDir;

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

/// Hands over a folder, the same for every input and in memory, that has a file with this content.
pub fn with_file<T>(name: &str, content: &[u8], look: impl FnOnce(&Path) -> T) -> T {
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| TempDir::new_in("/dev/shm").expect("a folder in memory")).path();
        std::fs::write(folder.join(name), content).expect("a file in it");
        look(folder)
    })
}
