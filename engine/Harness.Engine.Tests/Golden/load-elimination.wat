;; test: ir function=f passes=gvn
;;
;; A load gives what was stored there; a store elsewhere, of which nobody knows where, begins a new version of memory.
(module
  (memory 1)
  (global $g (mut i32) (i32.const 0))
  (func $f (param $p i32) (param $q i32) (result i32)
    (i32.store offset=4 (local.get $p) (local.get $q))
    (global.set $g (i32.load offset=4 (local.get $p)))
    (i32.store (local.get $q) (i32.const 1))
    (i32.add (i32.load offset=4 (local.get $p)) (global.get $g))))

;;> == ir function=f passes=gvn
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   i32.store +4, v0, v1
;;>   v3: i32 = i32.load +4, v0
;;>   global.set #0, v3
;;>   v5: i32 = i32.const 1
;;>   i32.store +0, v1, v5
;;>   v7: i32 = i32.load +4, v0
;;>   v8: i32 = global.get #0
;;>   v9: i32 = i32.add v7, v8
;;>   return v9
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   i32.store +4, v0, v1
;;>   global.set #0, v1
;;>   v4: i32 = i32.const 1
;;>   i32.store +0, v1, v4
;;>   v6: i32 = i32.load +4, v0
;;>   v7: i32 = i32.add v6, v1
;;>   return v7
