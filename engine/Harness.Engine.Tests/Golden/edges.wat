;; test: code function=f tier=optimized
;;
;; The moves of an edge do not lie between a branch and the block that it falls into.
(module
  (func $f (param $n i32) (param $m i32) (result i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $n) (local.get $m)))
        (if (i32.and (local.get $n) (i32.const 1))
          (then (local.set $sum (i32.sub (i32.const 7) (local.get $n)))))
        (local.set $n (i32.sub (local.get $n) (local.get $sum)))
        (br $next)))
    (local.get $sum)))
