;; A hash map with virtual equality
;;
;; What it does: counts `count` x `rounds` keys in a hash map with chained entries. A key is a freshly made object: a pair
;; of numbers, or with `classes` = 2 every other one a text of three UTF-16 code units. `hashCode` and `==` are found in
;; the dispatch table. There are 1024 different keys of each class at most; the map grows as it fills.
;;
;; Why it matters: the map's code is shared by all maps of a program, so that its two sites see whatever classes the
;; program uses as keys. A lookup that hits needs no allocation if the key's class is known, the call inlined and the key
;; does not escape.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $units (array (mut i16)))
    (type $pair (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $x i64) (field $y i64))))
    (type $text (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $units (ref $units)))))
    (type $entry (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $key-hash i32) (field $key (ref $object)) (field $value (mut i32)) (field $next (mut (ref null $entry))))))
    (type $buckets (array (mut (ref null $entry))))
    (type $map (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $count (mut i32)) (field $buckets (mut (ref $buckets)))))))
  (type $hash-code (func (param (ref $object)) (result i32)))
  (type $equals (func (param (ref $object)) (param (ref null $object)) (result i32)))

  ;; Classes: pair 1, text 2. Selector offsets: hashCode -1, == 1.
  (table (export "table") 4 4 funcref)
  (elem (i32.const 0) $pair.hash-code $text.hash-code $pair.equals $text.equals)

  (func $pair.hash-code (type $hash-code) (param $object (ref $object)) (result i32)
    (local $this (ref $pair))
    (local.set $this (ref.cast (ref $pair) (local.get $object)))
    (i32.wrap_i64
      (i64.add
        (i64.mul (struct.get $pair $x (local.get $this)) (i64.const 0x9e3779b1))
        (i64.mul (struct.get $pair $y (local.get $this)) (i64.const 0x85ebca77)))))

  (func $pair.equals (type $equals) (param $object (ref $object)) (param $other (ref null $object)) (result i32)
    (local $this (ref $pair))
    (local $that (ref $pair))
    (local.set $this (ref.cast (ref $pair) (local.get $object)))
    (if (i32.eqz (ref.test (ref $pair) (local.get $other))) (then (return (i32.const 0))))
    (local.set $that (ref.cast (ref $pair) (local.get $other)))
    (i32.and
      (i64.eq (struct.get $pair $x (local.get $this)) (struct.get $pair $x (local.get $that)))
      (i64.eq (struct.get $pair $y (local.get $this)) (struct.get $pair $y (local.get $that)))))

  ;; A text's hash code is kept in the object, as Dart's strings do.
  (func $text.hash-code (type $hash-code) (param $object (ref $object)) (result i32)
    (local $units (ref $units))
    (local $hash i32)
    (local $index i32)
    (local.set $hash (struct.get $object $hash (local.get $object)))
    (if (local.get $hash) (then (return (local.get $hash))))
    (local.set $units (struct.get $text $units (ref.cast (ref $text) (local.get $object))))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $index) (array.len (local.get $units))))
        (local.set $hash
          (i32.add
            (i32.mul (local.get $hash) (i32.const 31))
            (array.get_u $units (local.get $units) (local.get $index))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (struct.set $object $hash (local.get $object) (local.get $hash))
    (local.get $hash))

  (func $text.equals (type $equals) (param $object (ref $object)) (param $other (ref null $object)) (result i32)
    (local $these (ref $units))
    (local $those (ref $units))
    (local $index i32)
    (local.set $these (struct.get $text $units (ref.cast (ref $text) (local.get $object))))
    (if (i32.eqz (ref.test (ref $text) (local.get $other))) (then (return (i32.const 0))))
    (local.set $those (struct.get $text $units (ref.cast (ref $text) (local.get $other))))
    (if (i32.ne (array.len (local.get $these)) (array.len (local.get $those))) (then (return (i32.const 0))))
    (loop $next
      (if (i32.eq (local.get $index) (array.len (local.get $these))) (then (return (i32.const 1))))
      (if (i32.ne
            (array.get_u $units (local.get $these) (local.get $index))
            (array.get_u $units (local.get $those) (local.get $index)))
        (then (return (i32.const 0))))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br $next))
    unreachable)

  (func $bucket (param $hash i32) (param $buckets (ref $buckets)) (result i32)
    (i32.and
      (i32.xor (local.get $hash) (i32.shr_u (local.get $hash) (i32.const 15)))
      (i32.sub (array.len (local.get $buckets)) (i32.const 1))))

  (func $find (param $map (ref $map)) (param $hash i32) (param $key (ref $object)) (result (ref null $entry))
    (local $entry (ref null $entry))
    (local $buckets (ref $buckets))
    (local.set $buckets (struct.get $map $buckets (local.get $map)))
    (local.set $entry
      (array.get $buckets (local.get $buckets) (call $bucket (local.get $hash) (local.get $buckets))))
    (block $done
      (loop $next
        (br_if $done (ref.is_null (local.get $entry)))
        (if (i32.eq (struct.get $entry $key-hash (local.get $entry)) (local.get $hash))
          (then
            (br_if $done
              (call_indirect (type $equals)
                (local.get $key)
                (struct.get $entry $key (local.get $entry))
                (i32.add (struct.get $object $class (local.get $key)) (i32.const 1))))))
        (local.set $entry (struct.get $entry $next (local.get $entry)))
        (br $next)))
    (local.get $entry))

  (func $grow (param $map (ref $map))
    (local $old (ref $buckets))
    (local $new (ref $buckets))
    (local $index i32)
    (local $bucket i32)
    (local $entry (ref null $entry))
    (local $next (ref null $entry))
    (local.set $old (struct.get $map $buckets (local.get $map)))
    (local.set $new (array.new_default $buckets (i32.shl (array.len (local.get $old)) (i32.const 1))))
    (block $done
      (loop $buckets
        (br_if $done (i32.eq (local.get $index) (array.len (local.get $old))))
        (local.set $entry (array.get $buckets (local.get $old) (local.get $index)))
        (block $empty
          (loop $entries
            (br_if $empty (ref.is_null (local.get $entry)))
            (local.set $next (struct.get $entry $next (local.get $entry)))
            (local.set $bucket
              (call $bucket (struct.get $entry $key-hash (local.get $entry)) (local.get $new)))
            (struct.set $entry $next (local.get $entry)
              (array.get $buckets (local.get $new) (local.get $bucket)))
            (array.set $buckets (local.get $new) (local.get $bucket) (local.get $entry))
            (local.set $entry (local.get $next))
            (br $entries)))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $buckets)))
    (struct.set $map $buckets (local.get $map) (local.get $new)))

  ;; Adds 1 to the key's count and returns it.
  (func $increment (param $map (ref $map)) (param $key (ref $object)) (result i32)
    (local $hash i32)
    (local $bucket i32)
    (local $entry (ref null $entry))
    (local.set $hash
      (call_indirect (type $hash-code)
        (local.get $key)
        (i32.sub (struct.get $object $class (local.get $key)) (i32.const 1))))
    (local.set $entry (call $find (local.get $map) (local.get $hash) (local.get $key)))
    (if (ref.is_null (local.get $entry))
      (then
        (struct.set $map $count (local.get $map)
          (i32.add (struct.get $map $count (local.get $map)) (i32.const 1)))
        (if (i32.gt_u
              (struct.get $map $count (local.get $map))
              (array.len (struct.get $map $buckets (local.get $map))))
          (then (call $grow (local.get $map))))
        (local.set $bucket
          (call $bucket (local.get $hash) (struct.get $map $buckets (local.get $map))))
        (local.set $entry
          (struct.new $entry (i32.const 4) (i32.const 0)
            (local.get $hash)
            (local.get $key)
            (i32.const 0)
            (array.get $buckets (struct.get $map $buckets (local.get $map)) (local.get $bucket))))
        (array.set $buckets (struct.get $map $buckets (local.get $map)) (local.get $bucket)
          (local.get $entry))))
    (struct.set $entry $value (local.get $entry)
      (i32.add (struct.get $entry $value (local.get $entry)) (i32.const 1)))
    (struct.get $entry $value (local.get $entry)))

  (func $new-pair (param $number i32) (result (ref $object))
    (struct.new $pair (i32.const 1) (i32.const 0)
      (i64.extend_i32_u (i32.and (local.get $number) (i32.const 31)))
      (i64.extend_i32_u (i32.shr_u (local.get $number) (i32.const 5)))))

  (func $new-text (param $number i32) (result (ref $object))
    (struct.new $text (i32.const 2) (i32.const 0)
      (array.new_fixed $units 3
        (i32.add (i32.const 97) (i32.and (local.get $number) (i32.const 15)))
        (i32.add (i32.const 97) (i32.and (i32.shr_u (local.get $number) (i32.const 4)) (i32.const 15)))
        (i32.add (i32.const 97) (i32.shr_u (local.get $number) (i32.const 8))))))

  (func $main (export "main") (param $count i32) (param $rounds i32) (param $classes i32) (result i32)
    (local $map (ref $map))
    (local $index i32)
    (local $seed i32)
    (local $number i32)
    (local $sum i32)
    (local.set $map
      (struct.new $map (i32.const 3) (i32.const 0) (i32.const 0)
        (array.new_default $buckets (i32.const 8))))
    (block $done
      (loop $round
        (br_if $done (i32.eqz (local.get $rounds)))
        (local.set $index (i32.const 0))
        (block $end
          (loop $next
            (br_if $end (i32.eq (local.get $index) (local.get $count)))
            (local.set $seed
              (i32.add
                (i32.mul (local.get $seed) (i32.const 1664525))
                (i32.const 1013904223)))
            (local.set $number (i32.shr_u (local.get $seed) (i32.const 22)))
            (local.set $sum
              (i32.xor
                (i32.mul (local.get $sum) (i32.const 5))
                (call $increment
                  (local.get $map)
                  (if (result (ref $object))
                    (i32.rem_u (local.get $index) (local.get $classes))
                    (then (call $new-text (local.get $number)))
                    (else (call $new-pair (local.get $number)))))))
            (local.set $index (i32.add (local.get $index) (i32.const 1)))
            (br $next)))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $round)))
    (i32.add (local.get $sum) (struct.get $map $count (local.get $map)))))
