;; Immutable vectors
;;
;; What it does: moves a particle `steps` times: velocity = (velocity + gravity * t) * damping, position = position +
;; velocity * t, where each operator is a method found in the dispatch table that returns a new vector of three floating
;; numbers. Bounces off the ground; a wind keeps it moving.
;;
;; Why it matters: five calls and five objects for fifteen numbers. Inlined, all vectors but the last two die within the
;; step; an optimizer that removes their allocations needs the calls inlined first, and what it removed must come back if
;; a check fails.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $vector (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $x f64) (field $y f64) (field $z f64))))
    (type $zero (sub final $object (struct (field $class i32) (field $hash (mut i32))))))
  (type $plus (func (param (ref $object)) (param (ref $object)) (result (ref $object))))
  (type $times (func (param (ref $object)) (param f64) (result (ref $object))))

  ;; Classes: vector 0, zero 1. Selector offsets: + 0, * 2.
  (table (export "table") 4 4 funcref)
  (elem (i32.const 0) $vector.plus $zero.plus $vector.times $zero.times)

  (func $new (param $x f64) (param $y f64) (param $z f64) (result (ref $vector))
    (struct.new $vector (i32.const 0) (i32.const 0) (local.get $x) (local.get $y) (local.get $z)))

  (func $vector.plus (type $plus) (param $object (ref $object)) (param $other (ref $object)) (result (ref $object))
    (local $this (ref $vector))
    (local $that (ref $vector))
    (if (ref.test (ref $zero) (local.get $other)) (then (return (local.get $object))))
    (local.set $this (ref.cast (ref $vector) (local.get $object)))
    (local.set $that (ref.cast (ref $vector) (local.get $other)))
    (call $new
      (f64.add (struct.get $vector $x (local.get $this)) (struct.get $vector $x (local.get $that)))
      (f64.add (struct.get $vector $y (local.get $this)) (struct.get $vector $y (local.get $that)))
      (f64.add (struct.get $vector $z (local.get $this)) (struct.get $vector $z (local.get $that)))))

  (func $vector.times (type $times) (param $object (ref $object)) (param $factor f64) (result (ref $object))
    (local $this (ref $vector))
    (local.set $this (ref.cast (ref $vector) (local.get $object)))
    (call $new
      (f64.mul (struct.get $vector $x (local.get $this)) (local.get $factor))
      (f64.mul (struct.get $vector $y (local.get $this)) (local.get $factor))
      (f64.mul (struct.get $vector $z (local.get $this)) (local.get $factor))))

  (func $zero.plus (type $plus) (param $this (ref $object)) (param $other (ref $object)) (result (ref $object))
    (local.get $other))

  (func $zero.times (type $times) (param $this (ref $object)) (param $factor f64) (result (ref $object))
    (local.get $this))

  (func $plus (param $left (ref $object)) (param $right (ref $object)) (result (ref $object))
    (call_indirect (type $plus)
      (local.get $left)
      (local.get $right)
      (struct.get $object $class (local.get $left))))

  (func $times (param $left (ref $object)) (param $factor f64) (result (ref $object))
    (call_indirect (type $times)
      (local.get $left)
      (local.get $factor)
      (i32.add (struct.get $object $class (local.get $left)) (i32.const 2))))

  (func $main (export "main") (param $steps i32) (result f64)
    (local $position (ref $object))
    (local $velocity (ref $object))
    (local $gravity (ref $object))
    (local $at (ref $vector))
    (local $speed (ref $vector))
    (local.set $position (call $new (f64.const 0) (f64.const 100) (f64.const 0)))
    (local.set $velocity (call $new (f64.const 3) (f64.const 0) (f64.const 1)))
    (local.set $gravity (call $new (f64.const 0.5) (f64.const -9.8125) (f64.const 0.25)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $steps)))
        (local.set $velocity
          (call $times
            (call $plus
              (local.get $velocity)
              (call $times (local.get $gravity) (f64.const 0.0078125)))
            (f64.const 0.9990234375)))
        (local.set $position
          (call $plus (local.get $position) (call $times (local.get $velocity) (f64.const 0.0078125))))
        (local.set $at (ref.cast (ref $vector) (local.get $position)))
        (local.set $speed (ref.cast (ref $vector) (local.get $velocity)))
        (if (i32.and
              (f64.lt (struct.get $vector $y (local.get $at)) (f64.const 0))
              (f64.lt (struct.get $vector $y (local.get $speed)) (f64.const 0)))
          (then
            (local.set $velocity
              (call $new
                (struct.get $vector $x (local.get $speed))
                (f64.neg (struct.get $vector $y (local.get $speed)))
                (struct.get $vector $z (local.get $speed))))))
        (local.set $steps (i32.sub (local.get $steps) (i32.const 1)))
        (br $next)))
    (local.set $at (ref.cast (ref $vector) (local.get $position)))
    (f64.add
      (struct.get $vector $x (local.get $at))
      (f64.add (struct.get $vector $y (local.get $at)) (struct.get $vector $z (local.get $at))))))
