;; Virtual methods over objects in linear memory
;;
;; What it does: lays out `count` objects of `classes` classes (at most four) in linear memory and sums their areas
;; `rounds` times. An object is 24 bytes: the table index of its class's first method, padding, two f64 fields. Each
;; class has two consecutive table entries, `area` and `grow`.
;;
;; Why it matters: this is what C++, Rust and Java compile to: load the method's index from the object, add the
;; method's position, call through the table. The index is data, not a constant, so that the check cannot leave the
;; loop; with one class the site is monomorphic all the same. With four classes in random order the chain of checks
;; competes with the machine's indirect branch predictor.
(module
  (type $area (func (param i32) (result f64)))
  (type $grow (func (param i32)))

  (memory (export "memory") 4 4)
  (table (export "table") 8 8 funcref)
  (elem (i32.const 0)
    $rectangle.area $rectangle.grow
    $square.area $square.grow
    $triangle.area $triangle.grow
    $ellipse.area $ellipse.grow)

  (func $rectangle.area (type $area) (param $this i32) (result f64)
    (f64.mul (f64.load offset=8 (local.get $this)) (f64.load offset=16 (local.get $this))))

  (func $rectangle.grow (type $grow) (param $this i32)
    (f64.store offset=8 (local.get $this)
      (f64.add (f64.load offset=8 (local.get $this)) (f64.const 1))))

  (func $square.area (type $area) (param $this i32) (result f64)
    (f64.mul (f64.load offset=8 (local.get $this)) (f64.load offset=8 (local.get $this))))

  (func $square.grow (type $grow) (param $this i32)
    (f64.store offset=8 (local.get $this)
      (f64.add (f64.load offset=8 (local.get $this)) (f64.const 0.5))))

  (func $triangle.area (type $area) (param $this i32) (result f64)
    (f64.mul
      (f64.const 0.5)
      (f64.mul (f64.load offset=8 (local.get $this)) (f64.load offset=16 (local.get $this)))))

  (func $triangle.grow (type $grow) (param $this i32)
    (f64.store offset=16 (local.get $this)
      (f64.add (f64.load offset=16 (local.get $this)) (f64.const 2))))

  ;; A quarter of pi is rounded to 25/32, so that all sums are exact.
  (func $ellipse.area (type $area) (param $this i32) (result f64)
    (f64.mul
      (f64.const 0.78125)
      (f64.mul (f64.load offset=8 (local.get $this)) (f64.load offset=16 (local.get $this)))))

  (func $ellipse.grow (type $grow) (param $this i32)
    (f64.store offset=8 (local.get $this)
      (f64.add (f64.load offset=8 (local.get $this)) (f64.const 4))))

  ;; Lays out the objects; the class, width and height of each come from a linear congruential generator.
  (func $create (param $count i32) (param $classes i32)
    (local $this i32)
    (local $seed i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $seed
          (i32.add
            (i32.mul (local.get $seed) (i32.const 1664525))
            (i32.const 1013904223)))
        (i32.store (local.get $this)
          (i32.shl
            (i32.rem_u (i32.shr_u (local.get $seed) (i32.const 24)) (local.get $classes))
            (i32.const 1)))
        (f64.store offset=8 (local.get $this)
          (f64.convert_i32_u (i32.and (i32.shr_u (local.get $seed) (i32.const 16)) (i32.const 15))))
        (f64.store offset=16 (local.get $this)
          (f64.convert_i32_u (i32.and (i32.shr_u (local.get $seed) (i32.const 12)) (i32.const 15))))
        (local.set $this (i32.add (local.get $this) (i32.const 24)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))

  (func $total-area (param $count i32) (result f64)
    (local $this i32)
    (local $sum f64)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $sum
          (f64.add
            (local.get $sum)
            (call_indirect (type $area) (local.get $this) (i32.load (local.get $this)))))
        (local.set $this (i32.add (local.get $this) (i32.const 24)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $sum))

  ;; Lets every eighth object grow.
  (func $grow-some (param $count i32)
    (local $this i32)
    (block $done
      (loop $next
        (br_if $done (i32.lt_s (local.get $count) (i32.const 8)))
        (call_indirect (type $grow)
          (local.get $this)
          (i32.add (i32.load (local.get $this)) (i32.const 1)))
        (local.set $this (i32.add (local.get $this) (i32.const 192)))
        (local.set $count (i32.sub (local.get $count) (i32.const 8)))
        (br $next))))

  (func $main (export "main") (param $count i32) (param $rounds i32) (param $classes i32) (result f64)
    (local $sum f64)
    (call $create (local.get $count) (local.get $classes))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $rounds)))
        (local.set $sum (f64.add (local.get $sum) (call $total-area (local.get $count))))
        (call $grow-some (local.get $count))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
