;; Iterators and closures
;;
;; What it does: `rounds` times adds up `list.map((x) => x * 5 + round).where((x) => x % 3 != 0)` over a list of `count`
;; boxed integers. Three iterators are stacked on each other; `moveNext` and `current` are found in the dispatch table,
;; the closures are called through function references.
;;
;; Why it matters: each element costs nine calls, most of them at sites whose receiver is another iterator. `moveNext`
;; calls `moveNext`, so that whether a site has one target depends on where it was inlined; the iterators never escape
;; the loop.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $integer (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $value i64))))
    (type $objects (array (mut (ref null $object))))
    (type $closure (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $context (ref struct)) (field $code (ref $unary)))))
    (type $unary (func (param (ref struct)) (param (ref null $object)) (result (ref null $object))))
    (type $list-iterator (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $elements (ref $objects)) (field $index (mut i32)))))
    (type $map-iterator (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $source (ref $object)) (field $function (ref $closure))
      (field $element (mut (ref null $object))))))
    (type $where-iterator (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $source (ref $object)) (field $predicate (ref $closure))))))
  (type $captured (struct (field $n i64)))
  (type $move-next (func (param (ref $object)) (result i32)))
  (type $current (func (param (ref $object)) (result (ref null $object))))

  ;; Classes: list iterator 1, map iterator 2, where iterator 3. Selector offsets: moveNext -1, current 2.
  (table (export "table") 6 6 funcref)
  (elem (i32.const 0)
    $list-iterator.move-next $map-iterator.move-next $where-iterator.move-next
    $list-iterator.current $map-iterator.current $where-iterator.current)
  (elem declare func $times-five-plus $not-divisible)

  (func $box (param $value i64) (result (ref $integer))
    (struct.new $integer (i32.const 4) (i32.const 0) (local.get $value)))

  (func $unbox (param $object (ref null $object)) (result i64)
    (struct.get $integer $value (ref.cast (ref $integer) (local.get $object))))

  (func $move-next (param $iterator (ref $object)) (result i32)
    (call_indirect (type $move-next)
      (local.get $iterator)
      (i32.sub (struct.get $object $class (local.get $iterator)) (i32.const 1))))

  (func $current (param $iterator (ref $object)) (result (ref null $object))
    (call_indirect (type $current)
      (local.get $iterator)
      (i32.add (struct.get $object $class (local.get $iterator)) (i32.const 2))))

  (func $invoke (param $closure (ref $closure)) (param $argument (ref null $object)) (result (ref null $object))
    (call_ref $unary
      (struct.get $closure $context (local.get $closure))
      (local.get $argument)
      (struct.get $closure $code (local.get $closure))))

  (func $list-iterator.move-next (type $move-next) (param $object (ref $object)) (result i32)
    (local $this (ref $list-iterator))
    (local $index i32)
    (local.set $this (ref.cast (ref $list-iterator) (local.get $object)))
    (local.set $index (i32.add (struct.get $list-iterator $index (local.get $this)) (i32.const 1)))
    (struct.set $list-iterator $index (local.get $this) (local.get $index))
    (i32.lt_s
      (local.get $index)
      (array.len (struct.get $list-iterator $elements (local.get $this)))))

  (func $list-iterator.current (type $current) (param $object (ref $object)) (result (ref null $object))
    (local $this (ref $list-iterator))
    (local.set $this (ref.cast (ref $list-iterator) (local.get $object)))
    (array.get $objects
      (struct.get $list-iterator $elements (local.get $this))
      (struct.get $list-iterator $index (local.get $this))))

  (func $map-iterator.move-next (type $move-next) (param $object (ref $object)) (result i32)
    (local $this (ref $map-iterator))
    (local.set $this (ref.cast (ref $map-iterator) (local.get $object)))
    (if (i32.eqz (call $move-next (struct.get $map-iterator $source (local.get $this))))
      (then (return (i32.const 0))))
    (struct.set $map-iterator $element (local.get $this)
      (call $invoke
        (struct.get $map-iterator $function (local.get $this))
        (call $current (struct.get $map-iterator $source (local.get $this)))))
    (i32.const 1))

  (func $map-iterator.current (type $current) (param $object (ref $object)) (result (ref null $object))
    (struct.get $map-iterator $element (ref.cast (ref $map-iterator) (local.get $object))))

  (func $where-iterator.move-next (type $move-next) (param $object (ref $object)) (result i32)
    (local $this (ref $where-iterator))
    (local $source (ref $object))
    (local.set $this (ref.cast (ref $where-iterator) (local.get $object)))
    (local.set $source (struct.get $where-iterator $source (local.get $this)))
    (loop $next
      (if (i32.eqz (call $move-next (local.get $source)))
        (then (return (i32.const 0))))
      (br_if $next
        (i64.eqz
          (call $unbox
            (call $invoke
              (struct.get $where-iterator $predicate (local.get $this))
              (call $current (local.get $source)))))))
    (i32.const 1))

  (func $where-iterator.current (type $current) (param $object (ref $object)) (result (ref null $object))
    (call $current
      (struct.get $where-iterator $source (ref.cast (ref $where-iterator) (local.get $object)))))

  (func $times-five-plus (type $unary) (param $context (ref struct)) (param $x (ref null $object)) (result (ref null $object))
    (call $box
      (i64.add
        (i64.mul (call $unbox (local.get $x)) (i64.const 5))
        (struct.get $captured $n (ref.cast (ref $captured) (local.get $context))))))

  ;; The remainder: true unless 0.
  (func $not-divisible (type $unary) (param $context (ref struct)) (param $x (ref null $object)) (result (ref null $object))
    (call $box
      (i64.rem_u
        (call $unbox (local.get $x))
        (struct.get $captured $n (ref.cast (ref $captured) (local.get $context))))))

  (func $sum (param $iterator (ref $object)) (result i64)
    (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (call $move-next (local.get $iterator))))
        (local.set $sum
          (i64.add
            (local.get $sum)
            (call $unbox (call $current (local.get $iterator)))))
        (br $next)))
    (local.get $sum))

  (func $round (param $list (ref $objects)) (param $round i64) (result i64)
    (call $sum
      (struct.new $where-iterator (i32.const 3) (i32.const 0)
        (struct.new $map-iterator (i32.const 2) (i32.const 0)
          (struct.new $list-iterator (i32.const 1) (i32.const 0) (local.get $list) (i32.const -1))
          (struct.new $closure (i32.const 5) (i32.const 0)
            (struct.new $captured (local.get $round))
            (ref.func $times-five-plus))
          (ref.null $object))
        (struct.new $closure (i32.const 5) (i32.const 0)
          (struct.new $captured (i64.const 3))
          (ref.func $not-divisible)))))

  (func $main (export "main") (param $count i32) (param $rounds i32) (result i32)
    (local $list (ref $objects))
    (local $index i32)
    (local $round i64)
    (local $sum i64)
    (local.set $list (array.new_default $objects (local.get $count)))
    (block $filled
      (loop $next
        (br_if $filled (i32.eq (local.get $index) (local.get $count)))
        (array.set $objects (local.get $list) (local.get $index)
          (call $box (i64.extend_i32_u (local.get $index))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (block $done
      (loop $next
        (br_if $done (i64.eq (local.get $round) (i64.extend_i32_u (local.get $rounds))))
        (local.set $sum
          (i64.add
            (i64.mul (local.get $sum) (i64.const 31))
            (call $round (local.get $list) (local.get $round))))
        (local.set $round (i64.add (local.get $round) (i64.const 1)))
        (br $next)))
    (i32.wrap_i64 (local.get $sum))))
