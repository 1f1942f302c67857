import Basics
package import Interchange
import LMDB

extension FileClaims {
  /// Claims a store's file and the lock file beside it.
  package init(store: String) {
    // LMDB keeps the lock file beside the file itself, wherever a symbolic link to it is.
    let file = DurableFile.canonicalPath(store) ?? store
    self.init(keeping: [
      (store, "the store"), (file, "the store"), (LockFile.path(of: file), "the store's lock file"),
    ])
  }
}
