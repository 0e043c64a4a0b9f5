;; Exceptions
;;
;; What it does: parses `count` times `length` decimal digits out of a byte array with random digits, of which one byte in
;; `errors` is not a digit. The digit reader, one of two classes of readers found in the dispatch table, throws an error
;; object for such bytes; the parser catches it, adds the error's position to the sum and goes on behind it.
;;
;; Why it matters: a `try` that costs nothing while nothing is thrown, and calls inside it that one wants inlined. With
;; few errors the call dominates; with many, unwinding does.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $bytes (array (mut i8)))
    (type $reader (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $bytes (ref $bytes)) (field $position (mut i32)))))
    (type $null-reader (sub final $object (struct (field $class i32) (field $hash (mut i32)))))
    (type $error (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $position i32)))))
  (type $digit (func (param (ref $object)) (result i32)))

  (tag $exception (export "exception") (param (ref $object)))

  ;; Classes: reader 0, null reader 1. Selector offset: digit 0.
  (table (export "table") 2 2 funcref)
  (elem (i32.const 0) $reader.digit $null-reader.digit)

  ;; The next byte's value as a digit.
  (func $reader.digit (type $digit) (param $object (ref $object)) (result i32)
    (local $this (ref $reader))
    (local $position i32)
    (local $byte i32)
    (local.set $this (ref.cast (ref $reader) (local.get $object)))
    (local.set $position (struct.get $reader $position (local.get $this)))
    (struct.set $reader $position (local.get $this) (i32.add (local.get $position) (i32.const 1)))
    (local.set $byte
      (i32.sub
        (array.get_u $bytes (struct.get $reader $bytes (local.get $this)) (local.get $position))
        (i32.const 48)))
    (if (i32.ge_u (local.get $byte) (i32.const 10))
      (then
        (throw $exception
          (struct.new $error (i32.const 2) (i32.const 0) (local.get $position)))))
    (local.get $byte))

  (func $null-reader.digit (type $digit) (param $this (ref $object)) (result i32)
    (i32.const 0))

  ;; Folds `length` bytes of `reader`, errors included.
  (func $parse (param $reader (ref $object)) (param $length i32) (result i32)
    (local $sum i32)
    (local $error (ref $object))
    (block $done
      (loop $next
        (local.set $error
          (block $caught (result (ref $object))
            (try_table (catch $exception $caught)
              (loop $digits
                (br_if $done (i32.eqz (local.get $length)))
                (local.set $length (i32.sub (local.get $length) (i32.const 1)))
                (local.set $sum
                  (i32.add
                    (i32.mul (local.get $sum) (i32.const 10))
                    (call_indirect (type $digit)
                      (local.get $reader)
                      (struct.get $object $class (local.get $reader)))))
                (br $digits)))
            unreachable))
        (local.set $sum
          (i32.xor
            (local.get $sum)
            (struct.get $error $position (ref.cast (ref $error) (local.get $error)))))
        (br $next)))
    (local.get $sum))

  (func $create (param $length i32) (param $errors i32) (result (ref $bytes))
    (local $bytes (ref $bytes))
    (local $index i32)
    (local $seed i32)
    (local.set $bytes (array.new_default $bytes (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $index) (local.get $length)))
        (local.set $seed
          (i32.add
            (i32.mul (local.get $seed) (i32.const 1664525))
            (i32.const 1013904223)))
        (array.set $bytes (local.get $bytes) (local.get $index)
          (select
            (i32.add (i32.const 48) (i32.rem_u (i32.shr_u (local.get $seed) (i32.const 24)) (i32.const 10)))
            (i32.const 63)
            (i32.rem_u (i32.shr_u (local.get $seed) (i32.const 12)) (local.get $errors))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $bytes))

  (func $main (export "main") (param $length i32) (param $count i32) (param $errors i32) (result i32)
    (local $bytes (ref $bytes))
    (local $sum i32)
    (local.set $bytes (call $create (local.get $length) (local.get $errors)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $sum
          (i32.add
            (i32.mul (local.get $sum) (i32.const 31))
            (call $parse
              (struct.new $reader (i32.const 0) (i32.const 0) (local.get $bytes) (i32.const 0))
              (local.get $length))))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
