;; Frames of a user interface: each builds a tree of widgets anew, which lives until the next frame, with much that dies at once; a tree of
;; elements, which is old, takes the new widgets; a cache of entries, old as well, changes at random places; a list grows, and dies now and then.
;; main(frames, depth): the sum of what was seen.
(module
  (rec
    (type $children (array (mut (ref null $widget))))
    (type $widget (struct (field i32) (field (mut (ref null $children)))))
    (type $element (struct (field (mut (ref null $widget))) (field (mut i32)) (field (mut (ref null $elements)))))
    (type $elements (array (mut (ref null $element))))
    (type $note (struct (field i32) (field (ref null $note))))
    (type $entry (struct (field i32) (field (mut (ref null $entry))) (field (mut i64)) (field (mut i64))))
    (type $cache (array (mut (ref null $entry)))))

  (global $notes (mut (ref null $note)) (ref.null $note))
  (global $log (mut (ref null $entry)) (ref.null $entry))
  (global $random (mut i32) (i32.const 12345))

  ;; Notes that die when the widget is made, and their sum.
  (func $note (param $key i32) (result i32)
    (local $i i32) (local $sum i32) (local $n (ref null $note))
    (loop $next
      (global.set $notes (struct.new $note (i32.add (local.get $key) (local.get $i)) (global.get $notes)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5))))
    (local.set $n (global.get $notes))
    (block $done
      (loop $next
        (br_if $done (ref.is_null (local.get $n)))
        (local.set $sum (i32.add (local.get $sum) (struct.get $note 0 (local.get $n))))
        (local.set $n (struct.get $note 1 (local.get $n)))
        (br $next)))
    (global.set $notes (ref.null $note))
    (local.get $sum))

  (func $build (param $depth i32) (param $key i32) (result (ref $widget))
    (local $children (ref null $children)) (local $i i32)
    (if (local.get $depth)
      (then
        (local.set $children (array.new_default $children (i32.const 4)))
        (loop $next
          (array.set $children (local.get $children) (local.get $i)
            (call $build (i32.sub (local.get $depth) (i32.const 1)) (i32.add (i32.mul (local.get $key) (i32.const 31)) (local.get $i))))
          (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4))))))
    (struct.new $widget (call $note (local.get $key)) (local.get $children)))

  (func $inflate (param $depth i32) (result (ref $element))
    (local $children (ref null $elements)) (local $i i32)
    (if (local.get $depth)
      (then
        (local.set $children (array.new_default $elements (i32.const 4)))
        (loop $next
          (array.set $elements (local.get $children) (local.get $i) (call $inflate (i32.sub (local.get $depth) (i32.const 1))))
          (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4))))))
    (struct.new $element (ref.null $widget) (i32.const 0) (local.get $children)))

  ;; Gives each element its widget, and sums up what the elements have seen.
  (func $update (param $e (ref $element)) (param $w (ref $widget)) (result i32)
    (local $i i32) (local $sum i32)
    (struct.set $element 0 (local.get $e) (local.get $w))
    (struct.set $element 1 (local.get $e)
      (i32.xor (i32.mul (struct.get $element 1 (local.get $e)) (i32.const 7)) (struct.get $widget 0 (local.get $w))))
    (local.set $sum (struct.get $element 1 (local.get $e)))
    (if (i32.eqz (ref.is_null (struct.get $element 2 (local.get $e))))
      (then
        (loop $next
          (local.set $sum (i32.add (local.get $sum)
            (call $update
              (ref.as_non_null (array.get $elements (struct.get $element 2 (local.get $e)) (local.get $i)))
              (ref.as_non_null (array.get $children (struct.get $widget 1 (local.get $w)) (local.get $i))))))
          (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4))))))
    (local.get $sum))

  (func $next (result i32)
    (global.set $random (i32.add (i32.mul (global.get $random) (i32.const 1103515245)) (i32.const 12345)))
    (i32.shr_u (global.get $random) (i32.const 8)))

  ;; Replaces entries of the cache, and sums up those that were there.
  (func $churn (param $cache (ref $cache)) (param $frame i32) (result i32)
    (local $i i32) (local $sum i32) (local $place i32) (local $entry (ref null $entry))
    (loop $again
      (local.set $place (i32.rem_u (call $next) (array.len (local.get $cache))))
      (local.set $entry (array.get $cache (local.get $cache) (local.get $place)))
      (if (i32.eqz (ref.is_null (local.get $entry)))
        (then (local.set $sum (i32.add (local.get $sum) (struct.get $entry 0 (local.get $entry))))))
      (array.set $cache (local.get $cache) (local.get $place)
        (struct.new $entry (i32.add (local.get $frame) (local.get $i)) (ref.null $entry) (i64.const 1) (i64.const 2)))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 500))))
    (loop $again
      (global.set $log (struct.new $entry (local.get $i) (global.get $log) (i64.const 3) (i64.const 4)))
      (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (if (i32.eqz (i32.rem_u (i32.add (local.get $frame) (i32.const 1)) (i32.const 64)))
      (then (global.set $log (ref.null $entry))))
    (local.get $sum))

  (func (export "main") (param $frames i32) (param $depth i32) (result i32)
    (local $root (ref $element)) (local $cache (ref $cache)) (local $frame i32) (local $sum i32)
    (global.set $random (i32.const 12345))
    (global.set $log (ref.null $entry))
    (local.set $root (call $inflate (local.get $depth)))
    (local.set $cache (array.new_default $cache (i32.const 100000)))
    (loop $next
      (local.set $sum (i32.add (local.get $sum)
        (call $update (local.get $root) (call $build (local.get $depth) (i32.add (local.get $frame) (i32.const 1))))))
      (local.set $sum (i32.xor (i32.mul (local.get $sum) (i32.const 3)) (call $churn (local.get $cache) (local.get $frame))))
      (br_if $next (i32.lt_u (local.tee $frame (i32.add (local.get $frame) (i32.const 1))) (local.get $frames))))
    (local.get $sum)))
