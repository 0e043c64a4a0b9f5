;; Generic lists
;;
;; What it does: fills a growable list with `count` points, then `rounds` times reverses it through the list's `[]` and
;; `[]=` and sums the points' coordinates. The list is an interface with a growable and a fixed implementation; its
;; methods are found in the dispatch table, take and give objects of any class, check bounds themselves, and readers
;; cast what they get.
;;
;; Why it matters: a loop over a generic list is the most common loop there is. The call, the list's own bounds check,
;; the engine's bounds check, the null check and the cast of the element all stand between the loop and the data.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $point (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $x i32) (field $y (mut i32)))))
    (type $objects (array (mut (ref null $object))))
    (type $list (sub $object (struct (field $class i32) (field $hash (mut i32))
      (field $length (mut i32)) (field $elements (mut (ref $objects))))))
    (type $growable (sub final $list (struct (field $class i32) (field $hash (mut i32))
      (field $length (mut i32)) (field $elements (mut (ref $objects))))))
    (type $fixed (sub final $list (struct (field $class i32) (field $hash (mut i32))
      (field $length (mut i32)) (field $elements (mut (ref $objects)))))))
  (type $get (func (param (ref $object)) (param i32) (result (ref null $object))))
  (type $set (func (param (ref $object)) (param i32) (param (ref null $object))))
  (type $add (func (param (ref $object)) (param (ref null $object))))

  ;; Classes: growable 1, fixed 2. Selector offsets: [] -1, []= 1, add 3.
  (table (export "table") 6 6 funcref)
  (elem (i32.const 0) $growable.get $fixed.get $growable.set $fixed.set $growable.add $fixed.add)

  (func $get (param $list (ref $object)) (param $index i32) (result (ref null $object))
    (call_indirect (type $get) (local.get $list) (local.get $index)
      (i32.sub (struct.get $object $class (local.get $list)) (i32.const 1))))

  (func $set (param $list (ref $object)) (param $index i32) (param $element (ref null $object))
    (call_indirect (type $set) (local.get $list) (local.get $index) (local.get $element)
      (i32.add (struct.get $object $class (local.get $list)) (i32.const 1))))

  (func $growable.get (type $get) (param $object (ref $object)) (param $index i32) (result (ref null $object))
    (local $this (ref $growable))
    (local.set $this (ref.cast (ref $growable) (local.get $object)))
    (if (i32.ge_u (local.get $index) (struct.get $growable $length (local.get $this))) (then unreachable))
    (array.get $objects (struct.get $growable $elements (local.get $this)) (local.get $index)))

  (func $growable.set (type $set) (param $object (ref $object)) (param $index i32) (param $element (ref null $object))
    (local $this (ref $growable))
    (local.set $this (ref.cast (ref $growable) (local.get $object)))
    (if (i32.ge_u (local.get $index) (struct.get $growable $length (local.get $this))) (then unreachable))
    (array.set $objects (struct.get $growable $elements (local.get $this)) (local.get $index)
      (local.get $element)))

  (func $growable.add (type $add) (param $object (ref $object)) (param $element (ref null $object))
    (local $this (ref $growable))
    (local $length i32)
    (local $larger (ref $objects))
    (local.set $this (ref.cast (ref $growable) (local.get $object)))
    (local.set $length (struct.get $growable $length (local.get $this)))
    (if (i32.eq (local.get $length) (array.len (struct.get $growable $elements (local.get $this))))
      (then
        (local.set $larger (array.new_default $objects
          (i32.add (i32.shl (local.get $length) (i32.const 1)) (i32.const 4))))
        (array.copy $objects $objects
          (local.get $larger) (i32.const 0)
          (struct.get $growable $elements (local.get $this)) (i32.const 0)
          (local.get $length))
        (struct.set $growable $elements (local.get $this) (local.get $larger))))
    (array.set $objects (struct.get $growable $elements (local.get $this)) (local.get $length)
      (local.get $element))
    (struct.set $growable $length (local.get $this) (i32.add (local.get $length) (i32.const 1))))

  (func $fixed.get (type $get) (param $object (ref $object)) (param $index i32) (result (ref null $object))
    (local $this (ref $fixed))
    (local.set $this (ref.cast (ref $fixed) (local.get $object)))
    (if (i32.ge_u (local.get $index) (struct.get $fixed $length (local.get $this))) (then unreachable))
    (array.get $objects (struct.get $fixed $elements (local.get $this)) (local.get $index)))

  (func $fixed.set (type $set) (param $object (ref $object)) (param $index i32) (param $element (ref null $object))
    (local $this (ref $fixed))
    (local.set $this (ref.cast (ref $fixed) (local.get $object)))
    (if (i32.ge_u (local.get $index) (struct.get $fixed $length (local.get $this))) (then unreachable))
    (array.set $objects (struct.get $fixed $elements (local.get $this)) (local.get $index)
      (local.get $element)))

  (func $fixed.add (type $add) (param $this (ref $object)) (param $element (ref null $object))
    unreachable)

  (func $fill (param $list (ref $object)) (param $count i32)
    (local $seed i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $seed
          (i32.add
            (i32.mul (local.get $seed) (i32.const 1664525))
            (i32.const 1013904223)))
        (call_indirect (type $add)
          (local.get $list)
          (struct.new $point (i32.const 3) (i32.const 0)
            (i32.shr_u (local.get $seed) (i32.const 24))
            (i32.shr_u (local.get $seed) (i32.const 16)))
          (i32.add (struct.get $object $class (local.get $list)) (i32.const 3)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))

  (func $reverse (param $list (ref $list))
    (local $low i32)
    (local $high i32)
    (local $element (ref null $object))
    (local.set $high (i32.sub (struct.get $list $length (local.get $list)) (i32.const 1)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $low) (local.get $high)))
        (local.set $element (call $get (local.get $list) (local.get $low)))
        (call $set (local.get $list) (local.get $low) (call $get (local.get $list) (local.get $high)))
        (call $set (local.get $list) (local.get $high) (local.get $element))
        (local.set $low (i32.add (local.get $low) (i32.const 1)))
        (local.set $high (i32.sub (local.get $high) (i32.const 1)))
        (br $next))))

  ;; Folds the points' x and y, and adds 1 to every y.
  (func $fold (param $list (ref $list)) (param $sum i32) (result i32)
    (local $index i32)
    (local $point (ref $point))
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $index) (struct.get $list $length (local.get $list))))
        (local.set $point (ref.cast (ref $point) (call $get (local.get $list) (local.get $index))))
        (local.set $sum
          (i32.add
            (i32.mul (local.get $sum) (i32.const 31))
            (i32.xor
              (struct.get $point $x (local.get $point))
              (struct.get $point $y (local.get $point)))))
        (struct.set $point $y (local.get $point)
          (i32.add (struct.get $point $y (local.get $point)) (i32.const 1)))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $sum))

  (func $main (export "main") (param $count i32) (param $rounds i32) (result i32)
    (local $list (ref $list))
    (local $sum i32)
    (local.set $list
      (struct.new $growable (i32.const 1) (i32.const 0) (i32.const 0)
        (array.new_default $objects (i32.const 0))))
    (call $fill (local.get $list) (local.get $count))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $rounds)))
        (call $reverse (local.get $list))
        (local.set $sum (call $fold (local.get $list) (local.get $sum)))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
