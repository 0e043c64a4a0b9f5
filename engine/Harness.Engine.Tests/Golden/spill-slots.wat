;; test: code function=f tier=optimized
;;
;; What lives across calls lies in the frame. A parameter of a block is in the slot of what is passed to it: no arm of the conditional
;; moves what it does not change, and neither does the end of the loop.
(module
  (import "host" "g" (func $g (param i32) (result i32)))
  (func $f (param $n i32) (result i32) (local $a i32) (local $b i32) (local $c i32)
    (loop $next
      (if (i32.and (local.get $n) (i32.const 1))
        (then (local.set $a (call $g (local.get $a))))
        (else
          (if (i32.and (local.get $n) (i32.const 2))
            (then (local.set $b (call $g (local.get $b))))
            (else (local.set $c (call $g (local.get $c)))))))
      (br_if $next (local.tee $n (call $g (local.get $n)))))
    (i32.add (local.get $a) (i32.mul (local.get $b) (local.get $c)))))
