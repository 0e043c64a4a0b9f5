;; Closures
;;
;; What it does: `rounds` times, makes the closures f(x) = x + round and g(x) = 3 x, composes them to h(x) = f(g(x)), and
;; sums h over the numbers below `count`. A closure is an object with a context, which holds the captured variables, and
;; a struct of entry points in an immutable global; as Dart's closures must be callable from anywhere, integers travel in
;; boxes.
;;
;; Why it matters: three calls through function references and three boxes for an addition and a multiplication. After
;; speculative inlining the boxes do not escape, so that a good compiler leaves the arithmetic alone.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $integer (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $value i64))))
    (type $closure (sub $object (struct (field $class i32) (field $hash (mut i32))
      (field $context (ref struct)) (field $entries (ref $entries)))))
    (type $entries (sub (struct (field $unary (ref $unary)))))
    (type $unary (func (param (ref struct)) (param (ref null $object)) (result (ref null $object)))))
  (type $captured-integer (struct (field $n i64)))
  (type $captured-pair (struct (field $f (ref $closure)) (field $g (ref $closure))))

  (global $add.entries (ref $entries) (struct.new $entries (ref.func $add)))
  (global $triple.entries (ref $entries) (struct.new $entries (ref.func $triple)))
  (global $composed.entries (ref $entries) (struct.new $entries (ref.func $composed)))

  (func $box (param $value i64) (result (ref $integer))
    (struct.new $integer (i32.const 1) (i32.const 0) (local.get $value)))

  (func $unbox (param $object (ref null $object)) (result i64)
    (struct.get $integer $value (ref.cast (ref $integer) (local.get $object))))

  (func $invoke (param $closure (ref $closure)) (param $argument (ref null $object)) (result (ref null $object))
    (call_ref $unary
      (struct.get $closure $context (local.get $closure))
      (local.get $argument)
      (struct.get $entries $unary (struct.get $closure $entries (local.get $closure)))))

  (func $add (type $unary) (param $context (ref struct)) (param $x (ref null $object)) (result (ref null $object))
    (call $box
      (i64.add
        (call $unbox (local.get $x))
        (struct.get $captured-integer $n (ref.cast (ref $captured-integer) (local.get $context))))))

  (func $triple (type $unary) (param $context (ref struct)) (param $x (ref null $object)) (result (ref null $object))
    (call $box (i64.mul (call $unbox (local.get $x)) (i64.const 3))))

  (func $composed (type $unary) (param $context (ref struct)) (param $x (ref null $object)) (result (ref null $object))
    (local $pair (ref $captured-pair))
    (local.set $pair (ref.cast (ref $captured-pair) (local.get $context)))
    (call $invoke
      (struct.get $captured-pair $f (local.get $pair))
      (call $invoke (struct.get $captured-pair $g (local.get $pair)) (local.get $x))))

  (func $sum (param $closure (ref $closure)) (param $count i64) (result i64)
    (local $x i64)
    (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (i64.eq (local.get $x) (local.get $count)))
        (local.set $sum
          (i64.add
            (local.get $sum)
            (call $unbox (call $invoke (local.get $closure) (call $box (local.get $x))))))
        (local.set $x (i64.add (local.get $x) (i64.const 1)))
        (br $next)))
    (local.get $sum))

  (func $main (export "main") (param $count i32) (param $rounds i32) (result i32)
    (local $round i32)
    (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $round) (local.get $rounds)))
        (local.set $sum
          (i64.add
            (i64.mul (local.get $sum) (i64.const 31))
            (call $sum
              (struct.new $closure (i32.const 2) (i32.const 0)
                (struct.new $captured-pair
                  (struct.new $closure (i32.const 2) (i32.const 0)
                    (struct.new $captured-integer (i64.extend_i32_s (local.get $round)))
                    (global.get $add.entries))
                  (struct.new $closure (i32.const 2) (i32.const 0)
                    (struct.new $captured-integer (i64.const 0))
                    (global.get $triple.entries)))
                (global.get $composed.entries))
              (i64.extend_i32_s (local.get $count)))))
        (local.set $round (i32.add (local.get $round) (i32.const 1)))
        (br $next)))
    (i32.wrap_i64 (local.get $sum))))
