;; Boxed numbers
;;
;; What it does: adds up a list of `count` numbers `rounds` times, where a number is an object, an integer or a floating
;; one, and `+` is a method found in the dispatch table by the left operand's class. One in `ratio` is a floating number,
;; none if `ratio` is 0; the sum is cut back to an integer after every round.
;;
;; Why it matters: this is `num` in Dart and what generic code of any language does with numbers. Each addition allocates
;; its result, which lives until the next one. With integers only, the site has one target and the boxes go away; with
;; both kinds the sum's class changes in the middle of the loop.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $integer (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $value i64))))
    (type $floating (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $value f64)))))
  (type $objects (array (mut (ref null $object))))
  (type $binary (func (param (ref $object)) (param (ref $object)) (result (ref $object))))
  (type $truncate (func (param (ref $object)) (result i64)))

  ;; Classes: integer 1, floating 2. Selector offsets: + -1, truncate 1.
  (table (export "table") 4 4 funcref)
  (elem (i32.const 0) $integer.plus $floating.plus $integer.truncate $floating.truncate)

  (func $new-integer (param $value i64) (result (ref $integer))
    (struct.new $integer (i32.const 1) (i32.const 0) (local.get $value)))

  (func $new-floating (param $value f64) (result (ref $floating))
    (struct.new $floating (i32.const 2) (i32.const 0) (local.get $value)))

  (func $plus (param $left (ref $object)) (param $right (ref $object)) (result (ref $object))
    (call_indirect (type $binary)
      (local.get $left)
      (local.get $right)
      (i32.sub (struct.get $object $class (local.get $left)) (i32.const 1))))

  (func $integer.plus (type $binary) (param $left (ref $object)) (param $right (ref $object)) (result (ref $object))
    (local $value i64)
    (local.set $value (struct.get $integer $value (ref.cast (ref $integer) (local.get $left))))
    (if (i32.eq (struct.get $object $class (local.get $right)) (i32.const 1))
      (then (return (call $new-integer
        (i64.add
          (local.get $value)
          (struct.get $integer $value (ref.cast (ref $integer) (local.get $right))))))))
    (call $new-floating
      (f64.add
        (f64.convert_i64_s (local.get $value))
        (struct.get $floating $value (ref.cast (ref $floating) (local.get $right))))))

  (func $floating.plus (type $binary) (param $left (ref $object)) (param $right (ref $object)) (result (ref $object))
    (local $value f64)
    (local.set $value (struct.get $floating $value (ref.cast (ref $floating) (local.get $left))))
    (if (i32.eq (struct.get $object $class (local.get $right)) (i32.const 1))
      (then (return (call $new-floating
        (f64.add
          (local.get $value)
          (f64.convert_i64_s (struct.get $integer $value (ref.cast (ref $integer) (local.get $right)))))))))
    (call $new-floating
      (f64.add
        (local.get $value)
        (struct.get $floating $value (ref.cast (ref $floating) (local.get $right))))))

  (func $integer.truncate (type $truncate) (param $this (ref $object)) (result i64)
    (struct.get $integer $value (ref.cast (ref $integer) (local.get $this))))

  (func $floating.truncate (type $truncate) (param $this (ref $object)) (result i64)
    (i64.trunc_sat_f64_s (struct.get $floating $value (ref.cast (ref $floating) (local.get $this)))))

  ;; Numbers below 65536; floating ones have a half on top.
  (func $create (param $count i32) (param $ratio i32) (result (ref $objects))
    (local $numbers (ref $objects))
    (local $index i32)
    (local $seed i32)
    (local $value i32)
    (local.set $numbers (array.new_default $objects (local.get $count)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $index) (local.get $count)))
        (local.set $seed
          (i32.add
            (i32.mul (local.get $seed) (i32.const 1664525))
            (i32.const 1013904223)))
        (local.set $value (i32.shr_u (local.get $seed) (i32.const 16)))
        (array.set $objects (local.get $numbers) (local.get $index)
          (if (result (ref $object))
            (if (result i32) (local.get $ratio)
              (then (i32.eqz (i32.rem_u (local.get $value) (local.get $ratio))))
              (else (i32.const 0)))
            (then (call $new-floating
              (f64.add (f64.convert_i32_u (local.get $value)) (f64.const 0.5))))
            (else (call $new-integer (i64.extend_i32_u (local.get $value))))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $numbers))

  (func $sum (param $numbers (ref $objects)) (param $start (ref $object)) (result (ref $object))
    (local $sum (ref $object))
    (local $index i32)
    (local.set $sum (local.get $start))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $index) (array.len (local.get $numbers))))
        (local.set $sum
          (call $plus
            (local.get $sum)
            (ref.as_non_null (array.get $objects (local.get $numbers) (local.get $index)))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $sum))

  (func $main (export "main") (param $count i32) (param $rounds i32) (param $ratio i32) (result i32)
    (local $numbers (ref $objects))
    (local $sum (ref $object))
    (local.set $numbers (call $create (local.get $count) (local.get $ratio)))
    (local.set $sum (call $new-integer (i64.const 0)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $rounds)))
        (local.set $sum (call $sum (local.get $numbers) (local.get $sum)))
        (local.set $sum
          (call $new-integer
            (call_indirect (type $truncate)
              (local.get $sum)
              (i32.add (struct.get $object $class (local.get $sum)) (i32.const 1)))))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $next)))
    (i32.wrap_i64 (struct.get $integer $value (ref.cast (ref $integer) (local.get $sum))))))
