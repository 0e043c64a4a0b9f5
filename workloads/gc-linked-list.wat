;; A linked list that is rewritten in place
;;
;; What it does: makes a list of `count` nodes and `rounds` times reverses it in place and then replaces every node whose
;; value a predicate (a function reference, one of two by turns) accepts by a fresh one.
;;
;; Why it matters: every step depends on the load before it, every reversal writes a reference into every node, old or
;; new: null checks and write barriers show here. Replacing an old list's nodes bit by bit makes old objects refer to
;; young ones.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $node (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $next (mut (ref null $node))) (field $value (mut i32))))))
  (type $predicate (func (param i32) (param i32) (result i32)))

  (elem declare func $divides-evenly $has-bit)

  (func $divides-evenly (type $predicate) (param $value i32) (param $round i32) (result i32)
    (i32.eqz (i32.rem_u (local.get $value) (i32.add (i32.and (local.get $round) (i32.const 7)) (i32.const 3)))))

  (func $has-bit (type $predicate) (param $value i32) (param $round i32) (result i32)
    (i32.and (i32.shr_u (local.get $value) (i32.and (local.get $round) (i32.const 7))) (i32.const 1)))

  (func $reverse (param $list (ref null $node)) (result (ref null $node))
    (local $reversed (ref null $node))
    (local $next (ref null $node))
    (block $done
      (loop $again
        (br_if $done (ref.is_null (local.get $list)))
        (local.set $next (struct.get $node $next (local.get $list)))
        (struct.set $node $next (local.get $list) (local.get $reversed))
        (local.set $reversed (local.get $list))
        (local.set $list (local.get $next))
        (br $again)))
    (local.get $reversed))

  ;; `list` is a head whose own value does not count.
  (func $replace (param $list (ref $node)) (param $predicate (ref $predicate)) (param $round i32)
    (local $before (ref $node))
    (local $node (ref $node))
    (local.set $before (local.get $list))
    (block $done
      (loop $again
        (local.set $node (br_on_null $done (struct.get $node $next (local.get $before))))
        (if (call_ref $predicate
              (struct.get $node $value (local.get $node))
              (local.get $round)
              (local.get $predicate))
          (then
            (local.set $node
              (struct.new $node (i32.const 0) (i32.const 0)
                (struct.get $node $next (local.get $node))
                (i32.add
                  (i32.mul (struct.get $node $value (local.get $node)) (i32.const 5))
                  (local.get $round))))
            (struct.set $node $next (local.get $before) (local.get $node))))
        (local.set $before (local.get $node))
        (br $again))))

  (func $fold (param $list (ref null $node)) (param $sum i32) (result i32)
    (block $done
      (loop $again
        (br_if $done (ref.is_null (local.get $list)))
        (local.set $sum
          (i32.add
            (i32.mul (local.get $sum) (i32.const 31))
            (struct.get $node $value (local.get $list))))
        (local.set $list (struct.get $node $next (local.get $list)))
        (br $again)))
    (local.get $sum))

  ;; A list with `count`, ..., 1 in it.
  (func $create (param $count i32) (result (ref null $node))
    (local $list (ref null $node))
    (local $value i32)
    (block $done
      (loop $again
        (br_if $done (i32.eq (local.get $value) (local.get $count)))
        (local.set $value (i32.add (local.get $value) (i32.const 1)))
        (local.set $list
          (struct.new $node (i32.const 0) (i32.const 0) (local.get $list) (local.get $value)))
        (br $again)))
    (local.get $list))

  (func $main (export "main") (param $count i32) (param $rounds i32) (result i32)
    (local $head (ref $node))
    (local $round i32)
    (local $sum i32)
    (local.set $head
      (struct.new $node (i32.const 0) (i32.const 0) (call $create (local.get $count)) (i32.const 0)))
    (block $done
      (loop $again
        (br_if $done (i32.eq (local.get $round) (local.get $rounds)))
        (struct.set $node $next (local.get $head)
          (call $reverse (struct.get $node $next (local.get $head))))
        (call $replace
          (local.get $head)
          (if (result (ref $predicate)) (i32.and (local.get $round) (i32.const 1))
            (then (ref.func $has-bit))
            (else (ref.func $divides-evenly)))
          (local.get $round))
        (local.set $sum
          (call $fold (struct.get $node $next (local.get $head)) (local.get $sum)))
        (local.set $round (i32.add (local.get $round) (i32.const 1)))
        (br $again)))
    (local.get $sum)))
