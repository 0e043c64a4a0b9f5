;; Counting words with strings of the host as keys
;;
;; What it does: splits a text into words and numbers, then `rounds` times counts them in a hash map with open addressing. Strings are
;; objects around a string of the host, hashed code unit by code unit and compared by `equals`; numbers are boxed integers. `hashCode`
;; and `==` are found in the dispatch table. Seven words of eight are strings.
;;
;; Why it matters: compilers that use the host's strings reach them through imported functions of `wasm:js-string`, which an engine
;; provides itself. A call of the host for each code unit would cost far more than what it does; compiled inline, `length` and
;; `charCodeAt` are a check of the type and a load, and the check needs doing once.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $string (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $text externref))))
    (type $integer (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $value i64)))))
  (type $objects (array (mut (ref null $object))))
  (type $counts (array (mut i32)))
  (type $map (struct (field $keys (ref $objects)) (field $counts (ref $counts))))
  (type $hash-code (func (param (ref $object)) (result i32)))
  (type $equals (func (param (ref $object)) (param (ref $object)) (result i32)))

  (import "wasm:js-string" "length" (func $length (param externref) (result i32)))
  (import "wasm:js-string" "charCodeAt" (func $code-unit-at (param externref i32) (result i32)))
  (import "wasm:js-string" "substring" (func $substring (param externref i32 i32) (result (ref extern))))
  (import "wasm:js-string" "equals" (func $same-text (param externref externref) (result i32)))
  (import "'" "the map of the code as it is 1 room imports from those above it 8 times 8 is 64 the engine has 2 compilers and the code of both has 1 calling convention the map has 64 rooms the frame of each has 1 head and the stack is walked without knowing the tier 8 of the registers are of the engine 2 are of the instance and each of the tables is exported the code is of the engine"
    (global $text (ref extern)))

  ;; Classes: string 0, integer 1. Selector offsets: hashCode 0, == 2.
  (table (export "table") 4 4 funcref)
  (elem (i32.const 0) $string.hash-code $integer.hash-code $string.equals $integer.equals)

  (func $string.hash-code (type $hash-code) (param $this (ref $object)) (result i32)
    (local $text externref)
    (local $index i32)
    (local $hash i32)
    (local.set $text (struct.get $string $text (ref.cast (ref $string) (local.get $this))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $index) (call $length (local.get $text))))
        (local.set $hash
          (i32.add
            (i32.mul (local.get $hash) (i32.const 31))
            (call $code-unit-at (local.get $text) (local.get $index))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $hash))

  (func $integer.hash-code (type $hash-code) (param $this (ref $object)) (result i32)
    (i32.wrap_i64 (struct.get $integer $value (ref.cast (ref $integer) (local.get $this)))))

  (func $string.equals (type $equals) (param $this (ref $object)) (param $other (ref $object)) (result i32)
    (if (i32.eqz (ref.test (ref $string) (local.get $other))) (then (return (i32.const 0))))
    (call $same-text
      (struct.get $string $text (ref.cast (ref $string) (local.get $this)))
      (struct.get $string $text (ref.cast (ref $string) (local.get $other)))))

  (func $integer.equals (type $equals) (param $this (ref $object)) (param $other (ref $object)) (result i32)
    (if (i32.eqz (ref.test (ref $integer) (local.get $other))) (then (return (i32.const 0))))
    (i64.eq
      (struct.get $integer $value (ref.cast (ref $integer) (local.get $this)))
      (struct.get $integer $value (ref.cast (ref $integer) (local.get $other)))))

  (func $hash-of (param $key (ref $object)) (result i32)
    (call_indirect (type $hash-code) (local.get $key) (struct.get $object $class (local.get $key))))

  ;; The position of the next space, or the end.
  (func $end-of-word (param $from i32) (result i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $from) (call $length (global.get $text))))
        (br_if $done (i32.eq (call $code-unit-at (global.get $text) (local.get $from)) (i32.const 32)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br $next)))
    (local.get $from))

  ;; What is from one position to another: an integer if it begins with a digit, else a string.
  (func $token (param $from i32) (param $to i32) (result (ref $object))
    (local $value i64)
    (if (i32.gt_u (call $code-unit-at (global.get $text) (local.get $from)) (i32.const 57))
      (then (return
        (struct.new $string (i32.const 0) (i32.const 0)
          (call $substring (global.get $text) (local.get $from) (local.get $to))))))
    (loop $next
      (local.set $value
        (i64.add
          (i64.mul (local.get $value) (i64.const 10))
          (i64.extend_i32_u (i32.sub (call $code-unit-at (global.get $text) (local.get $from)) (i32.const 48)))))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $from) (local.get $to))))
    (struct.new $integer (i32.const 1) (i32.const 0) (local.get $value)))

  (func $split (result (ref $objects))
    (local $words (ref $objects))
    (local $count i32)
    (local $from i32)
    (local $to i32)
    (loop $next
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (local.set $from (i32.add (call $end-of-word (local.get $from)) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $from) (call $length (global.get $text)))))
    (local.set $words (array.new_default $objects (local.get $count)))
    (local.set $count (i32.const 0))
    (local.set $from (i32.const 0))
    (loop $next
      (local.set $to (call $end-of-word (local.get $from)))
      (array.set $objects (local.get $words) (local.get $count) (call $token (local.get $from) (local.get $to)))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (local.set $from (i32.add (local.get $to) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $from) (call $length (global.get $text)))))
    (local.get $words))

  ;; The place of a key, or the free one where it belongs.
  (func $find (param $map (ref $map)) (param $key (ref $object)) (result i32)
    (local $place i32)
    (local $found (ref null $object))
    (local.set $place (call $hash-of (local.get $key)))
    (loop $next
      (local.set $place (i32.and (local.get $place) (i32.const 63)))
      (local.set $found (array.get $objects (struct.get $map $keys (local.get $map)) (local.get $place)))
      (if (ref.is_null (local.get $found)) (then (return (local.get $place))))
      (if (call_indirect (type $equals)
            (local.get $key)
            (ref.as_non_null (local.get $found))
            (i32.add (struct.get $object $class (local.get $key)) (i32.const 2)))
        (then (return (local.get $place))))
      (local.set $place (i32.add (local.get $place) (i32.const 1)))
      (br $next))
    (unreachable))

  (func $count-words (param $map (ref $map)) (param $words (ref $objects))
    (local $index i32)
    (local $place i32)
    (local $key (ref $object))
    (loop $next
      (local.set $key (ref.as_non_null (array.get $objects (local.get $words) (local.get $index))))
      (local.set $place (call $find (local.get $map) (local.get $key)))
      (array.set $objects (struct.get $map $keys (local.get $map)) (local.get $place) (local.get $key))
      (array.set $counts (struct.get $map $counts (local.get $map)) (local.get $place)
        (i32.add (array.get $counts (struct.get $map $counts (local.get $map)) (local.get $place)) (i32.const 1)))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $index) (array.len (local.get $words))))))

  (func (export "main") (param $rounds i32) (result i32)
    (local $words (ref $objects))
    (local $map (ref $map))
    (local $place i32)
    (local $sum i32)
    (local.set $words (call $split))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $rounds)))
        (local.set $map (struct.new $map
          (array.new_default $objects (i32.const 64)) (array.new_default $counts (i32.const 64))))
        (call $count-words (local.get $map) (local.get $words))
        (local.set $place (i32.const 0))
        (loop $place
          (local.set $sum
            (i32.add
              (i32.mul (local.get $sum) (i32.const 31))
              (i32.xor
                (array.get $counts (struct.get $map $counts (local.get $map)) (local.get $place))
                (local.get $rounds))))
          (local.set $place (i32.add (local.get $place) (i32.const 1)))
          (br_if $place (i32.lt_u (local.get $place) (i32.const 64))))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
