;; Class objects and a dispatch table
;;
;; What it does: the program of shapes.wat on garbage-collected objects, as Dart's compiler lays them out: every object
;; starts with its class's number, and a selector's method for class c is the dispatch table's entry at the selector's
;; offset + c. Sums the areas of `count` shapes of `classes` classes (at most four) `rounds` times.
;;
;; Why it matters: the index is loaded from the object, so that the callee is a guess that feedback must make; methods
;; take the receiver as an object of any class and cast it, which an engine can leave out once the callee is inlined and
;; the class is known from the allocation, but not from the class's number.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $shape (sub $object (struct (field $class i32) (field $hash (mut i32))
      (field $width (mut f64)) (field $height (mut f64)))))
    (type $rectangle (sub final $shape (struct (field $class i32) (field $hash (mut i32))
      (field $width (mut f64)) (field $height (mut f64)))))
    (type $square (sub final $shape (struct (field $class i32) (field $hash (mut i32))
      (field $width (mut f64)) (field $height (mut f64)))))
    (type $triangle (sub final $shape (struct (field $class i32) (field $hash (mut i32))
      (field $width (mut f64)) (field $height (mut f64)))))
    (type $ellipse (sub final $shape (struct (field $class i32) (field $hash (mut i32))
      (field $width (mut f64)) (field $height (mut f64))))))
  (type $objects (array (mut (ref null $object))))
  (type $area (func (param (ref $object)) (result f64)))
  (type $grow (func (param (ref $object))))

  ;; Selector offsets: area 0, grow 4.
  (table (export "table") 8 8 funcref)
  (elem (i32.const 0)
    $rectangle.area $square.area $triangle.area $ellipse.area
    $rectangle.grow $square.grow $triangle.grow $ellipse.grow)

  (func $rectangle.area (type $area) (param $object (ref $object)) (result f64)
    (local $this (ref $rectangle))
    (local.set $this (ref.cast (ref $rectangle) (local.get $object)))
    (f64.mul
      (struct.get $rectangle $width (local.get $this))
      (struct.get $rectangle $height (local.get $this))))

  (func $rectangle.grow (type $grow) (param $object (ref $object))
    (local $this (ref $rectangle))
    (local.set $this (ref.cast (ref $rectangle) (local.get $object)))
    (struct.set $rectangle $width (local.get $this)
      (f64.add (struct.get $rectangle $width (local.get $this)) (f64.const 1))))

  (func $square.area (type $area) (param $object (ref $object)) (result f64)
    (local $this (ref $square))
    (local.set $this (ref.cast (ref $square) (local.get $object)))
    (f64.mul
      (struct.get $square $width (local.get $this))
      (struct.get $square $width (local.get $this))))

  (func $square.grow (type $grow) (param $object (ref $object))
    (local $this (ref $square))
    (local.set $this (ref.cast (ref $square) (local.get $object)))
    (struct.set $square $width (local.get $this)
      (f64.add (struct.get $square $width (local.get $this)) (f64.const 0.5))))

  (func $triangle.area (type $area) (param $object (ref $object)) (result f64)
    (local $this (ref $triangle))
    (local.set $this (ref.cast (ref $triangle) (local.get $object)))
    (f64.mul
      (f64.const 0.5)
      (f64.mul
        (struct.get $triangle $width (local.get $this))
        (struct.get $triangle $height (local.get $this)))))

  (func $triangle.grow (type $grow) (param $object (ref $object))
    (local $this (ref $triangle))
    (local.set $this (ref.cast (ref $triangle) (local.get $object)))
    (struct.set $triangle $height (local.get $this)
      (f64.add (struct.get $triangle $height (local.get $this)) (f64.const 2))))

  ;; A quarter of pi is rounded to 25/32, so that all sums are exact.
  (func $ellipse.area (type $area) (param $object (ref $object)) (result f64)
    (local $this (ref $ellipse))
    (local.set $this (ref.cast (ref $ellipse) (local.get $object)))
    (f64.mul
      (f64.const 0.78125)
      (f64.mul
        (struct.get $ellipse $width (local.get $this))
        (struct.get $ellipse $height (local.get $this)))))

  (func $ellipse.grow (type $grow) (param $object (ref $object))
    (local $this (ref $ellipse))
    (local.set $this (ref.cast (ref $ellipse) (local.get $object)))
    (struct.set $ellipse $width (local.get $this)
      (f64.add (struct.get $ellipse $width (local.get $this)) (f64.const 4))))

  (func $new (param $class i32) (param $width f64) (param $height f64) (result (ref $shape))
    (if (i32.eqz (local.get $class))
      (then (return (struct.new $rectangle
        (i32.const 0) (i32.const 0) (local.get $width) (local.get $height)))))
    (if (i32.eq (local.get $class) (i32.const 1))
      (then (return (struct.new $square
        (i32.const 1) (i32.const 0) (local.get $width) (local.get $height)))))
    (if (i32.eq (local.get $class) (i32.const 2))
      (then (return (struct.new $triangle
        (i32.const 2) (i32.const 0) (local.get $width) (local.get $height)))))
    (struct.new $ellipse (i32.const 3) (i32.const 0) (local.get $width) (local.get $height)))

  ;; Makes the objects; the class, width and height of each come from a linear congruential generator.
  (func $create (param $count i32) (param $classes i32) (result (ref $objects))
    (local $shapes (ref $objects))
    (local $index i32)
    (local $seed i32)
    (local.set $shapes (array.new_default $objects (local.get $count)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $index) (local.get $count)))
        (local.set $seed
          (i32.add
            (i32.mul (local.get $seed) (i32.const 1664525))
            (i32.const 1013904223)))
        (array.set $objects (local.get $shapes) (local.get $index)
          (call $new
            (i32.rem_u (i32.shr_u (local.get $seed) (i32.const 24)) (local.get $classes))
            (f64.convert_i32_u (i32.and (i32.shr_u (local.get $seed) (i32.const 16)) (i32.const 15)))
            (f64.convert_i32_u (i32.and (i32.shr_u (local.get $seed) (i32.const 12)) (i32.const 15)))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $shapes))

  (func $total-area (param $shapes (ref $objects)) (result f64)
    (local $shape (ref $object))
    (local $index i32)
    (local $sum f64)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $index) (array.len (local.get $shapes))))
        (local.set $shape (ref.as_non_null
          (array.get $objects (local.get $shapes) (local.get $index))))
        (local.set $sum
          (f64.add
            (local.get $sum)
            (call_indirect (type $area)
              (local.get $shape)
              (struct.get $object $class (local.get $shape)))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $sum))

  ;; Lets every eighth object grow.
  (func $grow-some (param $shapes (ref $objects))
    (local $shape (ref $object))
    (local $index i32)
    (block $done
      (loop $next
        (br_if $done (i32.gt_s
          (i32.add (local.get $index) (i32.const 8))
          (array.len (local.get $shapes))))
        (local.set $shape (ref.as_non_null
          (array.get $objects (local.get $shapes) (local.get $index))))
        (call_indirect (type $grow)
          (local.get $shape)
          (i32.add (struct.get $object $class (local.get $shape)) (i32.const 4)))
        (local.set $index (i32.add (local.get $index) (i32.const 8)))
        (br $next))))

  (func $main (export "main") (param $count i32) (param $rounds i32) (param $classes i32) (result f64)
    (local $shapes (ref $objects))
    (local $sum f64)
    (local.set $shapes (call $create (local.get $count) (local.get $classes)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $rounds)))
        (local.set $sum (f64.add (local.get $sum) (call $total-area (local.get $shapes))))
        (call $grow-some (local.get $shapes))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
