// What callers put in and get out, and how files are imported: declared where it is used, and part of this module's
// interface.
@_exported public import Engine
@_exported public import Filters
@_exported public import Importing
@_exported public import Recommending
@_exported public import Values
@_exported public import VectorMath
