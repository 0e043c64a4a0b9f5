;; Building and hashing strings
;;
;; What it does: `rounds` times writes the numbers round..round + `count` - 1 in decimal, with commas, into a growable
;; buffer of UTF-16 code units, makes a string of it, and hashes the string by its code units. Strings have two classes,
;; of bytes and of UTF-16 code units; `codeUnitAt` is found in the dispatch table. Every fourth string is of bytes.
;;
;; Why it matters: strings of compilers that do not use the host's are packed arrays. Writing is bounds checks and
;; narrow stores with bulk copies when the buffer grows; reading is a call per code unit unless it is inlined.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $bytes (array (mut i8)))
    (type $units (array (mut i16)))
    (type $byte-string (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $data (ref $bytes)))))
    (type $unit-string (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $data (ref $units)))))
    (type $buffer (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $length (mut i32)) (field $data (mut (ref $units)))))))
  (type $length (func (param (ref $object)) (result i32)))
  (type $unit-at (func (param (ref $object)) (param i32) (result i32)))

  ;; Classes: byte string 0, unit string 1. Selector offsets: length 0, codeUnitAt 2.
  (table (export "table") 4 4 funcref)
  (elem (i32.const 0) $byte-string.length $unit-string.length $byte-string.unit-at $unit-string.unit-at)

  (func $byte-string.length (type $length) (param $this (ref $object)) (result i32)
    (array.len (struct.get $byte-string $data (ref.cast (ref $byte-string) (local.get $this)))))

  (func $unit-string.length (type $length) (param $this (ref $object)) (result i32)
    (array.len (struct.get $unit-string $data (ref.cast (ref $unit-string) (local.get $this)))))

  (func $byte-string.unit-at (type $unit-at) (param $this (ref $object)) (param $index i32) (result i32)
    (array.get_u $bytes
      (struct.get $byte-string $data (ref.cast (ref $byte-string) (local.get $this)))
      (local.get $index)))

  (func $unit-string.unit-at (type $unit-at) (param $this (ref $object)) (param $index i32) (result i32)
    (array.get_u $units
      (struct.get $unit-string $data (ref.cast (ref $unit-string) (local.get $this)))
      (local.get $index)))

  ;; Makes room for `wanted` more code units.
  (func $reserve (param $this (ref $buffer)) (param $wanted i32)
    (local $length i32)
    (local $larger (ref $units))
    (local.set $length (struct.get $buffer $length (local.get $this)))
    (if (i32.gt_u
          (i32.add (local.get $length) (local.get $wanted))
          (array.len (struct.get $buffer $data (local.get $this))))
      (then
        (local.set $larger (array.new_default $units
          (i32.shl (i32.add (local.get $length) (local.get $wanted)) (i32.const 1))))
        (array.copy $units $units
          (local.get $larger) (i32.const 0)
          (struct.get $buffer $data (local.get $this)) (i32.const 0)
          (local.get $length))
        (struct.set $buffer $data (local.get $this) (local.get $larger)))))

  (func $write-unit (param $this (ref $buffer)) (param $unit i32)
    (call $reserve (local.get $this) (i32.const 1))
    (array.set $units
      (struct.get $buffer $data (local.get $this))
      (struct.get $buffer $length (local.get $this))
      (local.get $unit))
    (struct.set $buffer $length (local.get $this)
      (i32.add (struct.get $buffer $length (local.get $this)) (i32.const 1))))

  (func $write-number (param $this (ref $buffer)) (param $number i32)
    (if (i32.ge_u (local.get $number) (i32.const 10))
      (then (call $write-number (local.get $this) (i32.div_u (local.get $number) (i32.const 10)))))
    (call $write-unit (local.get $this)
      (i32.add (i32.rem_u (local.get $number) (i32.const 10)) (i32.const 48))))

  (func $to-units (param $this (ref $buffer)) (result (ref $object))
    (local $length i32)
    (local $data (ref $units))
    (local.set $length (struct.get $buffer $length (local.get $this)))
    (local.set $data (array.new_default $units (local.get $length)))
    (array.copy $units $units
      (local.get $data) (i32.const 0)
      (struct.get $buffer $data (local.get $this)) (i32.const 0)
      (local.get $length))
    (struct.new $unit-string (i32.const 1) (i32.const 0) (local.get $data)))

  (func $to-bytes (param $this (ref $buffer)) (result (ref $object))
    (local $length i32)
    (local $index i32)
    (local $data (ref $bytes))
    (local.set $length (struct.get $buffer $length (local.get $this)))
    (local.set $data (array.new_default $bytes (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $index) (local.get $length)))
        (array.set $bytes (local.get $data) (local.get $index)
          (array.get_u $units (struct.get $buffer $data (local.get $this)) (local.get $index)))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (struct.new $byte-string (i32.const 0) (i32.const 0) (local.get $data)))

  (func $hash (param $string (ref $object)) (result i32)
    (local $length i32)
    (local $index i32)
    (local $hash i32)
    (local.set $length
      (call_indirect (type $length) (local.get $string) (struct.get $object $class (local.get $string))))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $index) (local.get $length)))
        (local.set $hash
          (i32.add
            (i32.mul (local.get $hash) (i32.const 31))
            (call_indirect (type $unit-at)
              (local.get $string)
              (local.get $index)
              (i32.add (struct.get $object $class (local.get $string)) (i32.const 2)))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $hash))

  (func $build (param $first i32) (param $count i32) (result (ref $object))
    (local $buffer (ref $buffer))
    (local $number i32)
    (local.set $buffer
      (struct.new $buffer (i32.const 2) (i32.const 0) (i32.const 0)
        (array.new_default $units (i32.const 8))))
    (local.set $number (local.get $first))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (call $write-number (local.get $buffer) (local.get $number))
        (call $write-unit (local.get $buffer) (i32.const 44))
        (local.set $number (i32.add (local.get $number) (i32.const 1)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (if (result (ref $object)) (i32.and (local.get $first) (i32.const 3))
      (then (call $to-units (local.get $buffer)))
      (else (call $to-bytes (local.get $buffer)))))

  (func $main (export "main") (param $count i32) (param $rounds i32) (result i32)
    (local $round i32)
    (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $round) (local.get $rounds)))
        (local.set $sum
          (i32.xor
            (i32.rotl (local.get $sum) (i32.const 1))
            (call $hash (call $build (local.get $round) (local.get $count)))))
        (local.set $round (i32.add (local.get $round) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
